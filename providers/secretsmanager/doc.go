// Package secretsmanager reads a secret from AWS Secrets Manager.
//
// It must not know: what the secret is for.
package secretsmanager
