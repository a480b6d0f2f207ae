package operate

import "testing"

func TestQuoteKeys(t *testing.T) {
	for path, want := range map[string]string{
		``: ``, `Shop.DB`: `Shop.DB`, `Shop.Session["ada"]`: `Shop.Session["ada"]`, `Shop.Session[ada]`: `Shop.Session["ada"]`,
		`Shop.Session[a b]`: `Shop.Session["a b"]`, `Shop.Session[7c]`: `Shop.Session["7c"]`, `Shop.Session[a\\b]`: `Shop.Session["a\\b"]`,
		`Shop.Session["a[b]c"]`: `Shop.Session["a[b]c"]`, `Shop.Session["a\"[b]"]`: `Shop.Session["a\"[b]"]`,
		`Shop.Parser[3]`: `Shop.Parser[3]`, `Shop.Session[-3]`: `Shop.Session[-3]`, `Shop.Session[-]`: `Shop.Session["-"]`,
		`Shop.Session[]`: `Shop.Session[]`, `Shop.Session[ada`: `Shop.Session[ada`,
	} {
		if got := QuoteKeys(path); got != want {
			t.Errorf("QuoteKeys(%s) = %s, not %s", path, got, want)
		}
	}
	for path, want := range map[string]string{
		`Shop.Session[42]`: `Shop.Session["42"]`, `Shop.Session["42"]`: `Shop.Session["42"]`, `Shop.DB`: `Shop.DB`,
	} {
		if got := QuoteNumbers(path); got != want {
			t.Errorf("QuoteNumbers(%s) = %s, not %s", path, got, want)
		}
	}
}
