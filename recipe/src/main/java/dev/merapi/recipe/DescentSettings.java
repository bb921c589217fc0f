package dev.merapi.recipe;

/**
 * How the demonstration of gradient descent goes.
 *
 * @param epochs passes over the points
 * @param points on the line, with noise
 * @param slope of the line
 * @param intercept of the line
 * @param noise its standard deviation
 * @param batch points in a batch of stochastic gradient descent
 * @param descentRate the learning rate of gradient descent
 * @param sgdRate that of stochastic gradient descent
 * @param adamRate that of Adam
 */
public record DescentSettings(
    @Default("100") @Range(from = 1, to = 1e5) int epochs,
    @Default("64") @Range(from = 2, to = 1e5) int points,
    @Default("2") double slope,
    @Default("-1") double intercept,
    @Default("0.3") @Range(from = 0) double noise,
    @Default("8") @Range(from = 1) int batch,
    @Default("0.2") @Range(from = 0) double descentRate,
    @Default("0.1") @Range(from = 0) double sgdRate,
    @Default("0.2") @Range(from = 0) double adamRate) {}
