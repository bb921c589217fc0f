/**
 * Tables: reading files and queries row by row, cleaning, scaling and encoding them, splitting, and
 * making data sets of them.
 *
 * <p>May use {@code dev.merapi.data}; knows no model and no recipe.
 */
package dev.merapi.table;
