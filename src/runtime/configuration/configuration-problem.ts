/**
 * The configuration cannot be used. The message lists every problem. In a file of its own, so that who only may have to throw it
 * does not load what reads a configuration.
 */
export class ConfigurationProblem extends Error {}
