"""`make audit`: what the scanners say of the code, the templates and the libraries."""
