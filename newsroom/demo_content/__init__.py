"""An invented newspaper to try the site with: its articles, its pictures and its readers' voices."""
