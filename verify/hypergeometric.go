package verify

import "math"

// atMost returns the probability that a draw without replacement of n out of N, of
// which K are bad, holds at most k bad. Its relative error is below 1e-10 up to
// N = 10^9 and beyond.
func atMost(N, K, n, k int64) float64 {
	least, most := max(0, n-(N-K)), min(K, n)
	switch {
	case k < least:
		return 0
	case k >= most:
		return 1
	}
	h := hypergeometric{N, K, n}
	if float64(k) > float64(n)*float64(K)/float64(N) {
		return 1 - h.sum(k+1, most, +1) // the smaller part is the one that is summed
	}
	return h.sum(k, least, -1)
}

// hypergeometric is the distribution of the bad ones among n out of N, K of them bad.
type hypergeometric struct{ N, K, n int64 }

// sum adds the probabilities of x, and so on in steps until last, as far as they count.
// They get smaller from the first on.
func (h hypergeometric) sum(x, last, step int64) float64 {
	p := h.at(x)
	total := p
	for x != last && p > total*1e-17 {
		if step < 0 {
			p *= float64(x) * float64(h.N-h.K-h.n+x) / (float64(h.K-x+1) * float64(h.n-x+1))
		} else {
			p *= float64(h.K-x) * float64(h.n-x) / (float64(x+1) * float64(h.N-h.K-h.n+x+1))
		}
		x += step
		total += p
	}
	return total
}

// at returns the probability of x, of three binomial ones: differences of logarithms of
// factorials would lose all digits in a large population.
// Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
func (h hypergeometric) at(x int64) float64 {
	p, q := float64(h.n)/float64(h.N), float64(h.N-h.n)/float64(h.N)
	return math.Exp(logBinomial(x, h.K, p, q) + logBinomial(h.n-x, h.N-h.K, p, q) - logBinomial(h.n, h.N, p, q))
}

// logBinomial is the logarithm of the probability of x successes of n, q being 1-p.
func logBinomial(x, n int64, p, q float64) float64 {
	fx, fn := float64(x), float64(n)
	switch {
	case n == 0:
		return 0
	case x == 0 && p < 0.1:
		return -deviance(fn, fn*q) - fn*p
	case x == 0:
		return fn * math.Log(q)
	case x == n && q < 0.1:
		return -deviance(fn, fn*p) - fn*q
	case x == n:
		return fn * math.Log(p)
	}
	main := stirling(n) - stirling(x) - stirling(n-x) - deviance(fx, fn*p) - deviance(fn-fx, fn*q)
	return main - 0.5*(math.Log(2*math.Pi)+math.Log(fx)+math.Log1p(-fx/fn))
}

// stirling is the error of Stirling's formula for the logarithm of n!.
func stirling(n int64) float64 {
	f := float64(n)
	const exact = 15
	if n <= exact {
		v, _ := math.Lgamma(f + 1)
		return v - (f+0.5)*math.Log(f) + f - 0.5*math.Log(2*math.Pi)
	}
	s := f * f
	return (1./12 - (1./360-(1./1260-(1./1680-1./1188/s)/s)/s)/s) / f
}

// deviance is x·log(x/m) + m - x, without the loss of digits where x is near m.
func deviance(x, m float64) float64 {
	const near = 0.1
	if math.Abs(x-m) >= near*(x+m) {
		return x*math.Log(x/m) + m - x
	}
	v := (x - m) / (x + m)
	sum, term := (x-m)*v, 2*x*v
	for j := 3.; ; j += 2 {
		term *= v * v
		next := sum + term/j
		if next == sum {
			return sum
		}
		sum = next
	}
}
