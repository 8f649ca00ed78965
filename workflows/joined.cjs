/**
 * A user's workflows beside ours. The names `signalbox-user-workflows` and `signalbox-held-inputs` are aliases that the bundler is given;
 * see `src/runtime/joining/join-workflows.ts`. The default is ours, for it is what runs agents.
 */
const { default: agent } = require('./index')
const { holdInput } = require('./run/hold-input')
const { default: _, ...named } = require('signalbox-user-workflows')
const held = require('signalbox-held-inputs')

const workflows = Object.keys(named).filter(name => typeof named[name] === 'function')
const holding = workflows.map(name => [name, holdInput(named[name], held.includes(name))])

module.exports = { ...named, ...Object.fromEntries(holding), default: brief => agent(brief, workflows) }
