/** The measured process that holds libtorch, by the bindings of JavaCPP, with MKL. */
package dev.merapi.bench.libtorch;
