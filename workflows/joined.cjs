/**
 * A user's workflows beside ours. The names `signalbox-user-workflows` and `signalbox-held-inputs` are aliases that the bundler is given;
 * see `src/runtime/joining/join-workflows.ts`. The default is ours, for it is what runs agents; theirs gets what was started without a brief.
 */
const { default: agent } = require('./index')
const { holdInput } = require('./run/hold-input')
const { isBrief } = require('./run/leave-to-others')
const loaded = require('signalbox-user-workflows')
const held = require('signalbox-held-inputs')

// What awaits while it is loaded is a promise here, and has no workflows.
if (loaded instanceof Promise)
  throw new Error('it, or a module that it imports, uses `await` outside of functions, which nothing awaits')
const { default: theirs, ...named } = loaded

const workflows = Object.keys(named).filter(name => typeof named[name] === 'function')
const holding = workflows.map(name => [name, holdInput(named[name], held.includes(name))])

const other = (brief, ...rest) =>
  typeof theirs === 'function' && !isBrief(brief) ? theirs(brief, ...rest) : agent(brief, workflows)

module.exports = { ...named, ...Object.fromEntries(holding), default: other }
