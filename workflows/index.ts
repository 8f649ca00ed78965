/**
 * The workflows that a worker serves. A type that is not named here is taken for an agent's name.
 *
 * @module
 */
export { agent as default } from './agent.ts'
export { writingDesk } from './writing-desk.ts'
