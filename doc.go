// Package dealwatch holds the words of a regulatory watch: what an agency lists,
// what it published, what that says of a followed deal, and the one way a
// document goes:
//
//	list ──Item──▶ read ──Version──▶ match ──Match──▶ record ──Flag──▶ show
//	scrapers       scrapers          rules            store           feed
//
// Each type holds only what is known when it is made. The package imports nothing
// but the standard library, and every other package of the module imports it.
package dealwatch
