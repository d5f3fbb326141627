// Package price says what a verification asks of S3 costs, before it is asked.
//
// Prices are data: prices.json holds AWS's list prices of one region with their day, as
// they are known and not as AWS was asked, and a file of the same form puts others in
// their place. Amounts are
// exact decimals; nothing is rounded before it is shown. An estimate is one: what AWS
// grants free each month is counted as if nothing else had used it, and taxes and
// discounts are not known.
//
// This is the only place that holds prices. It must not know: clients, specs, drives.
package price
