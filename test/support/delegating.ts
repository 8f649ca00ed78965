/**
 * An agent above the scene's clerk, and how the scene's vendors have it delegate.
 *
 * @module
 */
import { defineAgent } from '../../src/tools/index.ts'
import { APP } from './scene.ts'

const clerk = APP.agents!.find(({ name }) => name === 'clerk')!

export const CHIEF = defineAgent({
  name: 'chief',
  instructions: 'You lead.',
  agents: [clerk],
  taskClass: 'cheap',
})

export const DELEGATES = {
  match: 'delegate',
  turns: [{ tools: [{ name: 'clerk', arguments: { input: 'What is the sum?' } }] }, { text: 'Delegated.' }],
}
