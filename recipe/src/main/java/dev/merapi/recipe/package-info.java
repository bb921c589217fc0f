/**
 * Recipes: YAML files with typed records behind them, and the runs that follow them.
 *
 * <p>May use core, data, nn, train and zoo. The command uses it, and so may a server or a program.
 */
package dev.merapi.recipe;
