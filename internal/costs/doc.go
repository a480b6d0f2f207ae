// Package costs renders what package explore finds: as text, as JSON, and as a page of HTML.
package costs
