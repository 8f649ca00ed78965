/**
 * What every worker serves: the ready agent, for any workflow type that no workflow of the user's bears.
 *
 * @module
 */
export { agent as default } from './agent.ts'
