# Builds and installs the C library libreposnap. DESTDIR stands before all paths, for those who make packages.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
CARGO ?= cargo
INSTALL ?= install
# `dev` builds quickly and makes a large, slow library.
PROFILE ?= release

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
SONAME := libreposnap.so.0
TARGET_DIR ?= $(or $(CARGO_TARGET_DIR),target)
BUILT = $(TARGET_DIR)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
# What Rust's standard library needs of the system where libreposnap.a is linked.
STATIC_LIBS = -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc

.PHONY: all build install uninstall

all: build

build:
	$(CARGO) build --locked --profile $(PROFILE) -p reposnap-c

install: build
	$(INSTALL) -d '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(INCLUDEDIR)'
	$(INSTALL) -m 755 $(BUILT)/libreposnap_c.so '$(DESTDIR)$(LIBDIR)/libreposnap.so.$(VERSION)'
	ln -sf libreposnap.so.$(VERSION) '$(DESTDIR)$(LIBDIR)/$(SONAME)'
	ln -sf $(SONAME) '$(DESTDIR)$(LIBDIR)/libreposnap.so'
	$(INSTALL) -m 644 $(BUILT)/libreposnap_c.a '$(DESTDIR)$(LIBDIR)/libreposnap.a'
	$(INSTALL) -m 644 bindings-c/include/reposnap.h '$(DESTDIR)$(INCLUDEDIR)/reposnap.h'
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	  -e 's|@VERSION@|$(VERSION)|' -e 's|@STATIC_LIBS@|$(STATIC_LIBS)|' bindings-c/reposnap.pc.in \
	  > '$(DESTDIR)$(LIBDIR)/pkgconfig/reposnap.pc'

uninstall:
	rm -f '$(DESTDIR)$(LIBDIR)/libreposnap.so.$(VERSION)' '$(DESTDIR)$(LIBDIR)/$(SONAME)' \
	  '$(DESTDIR)$(LIBDIR)/libreposnap.so' '$(DESTDIR)$(LIBDIR)/libreposnap.a' \
	  '$(DESTDIR)$(INCLUDEDIR)/reposnap.h' '$(DESTDIR)$(LIBDIR)/pkgconfig/reposnap.pc'
