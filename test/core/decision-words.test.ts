import { expect, it } from 'vitest'
import { decisionCommands, decisionsWords } from '../../src/core/decision-words.ts'

it('names each tool that waits for approval once', () => {
  const asks = ['search', 'publish', 'search'].map(toolName => ({ toolName }))
  expect(decisionsWords(asks)).toBe('waiting for approval: search (2 times), publish')
})

it('gives a command for each answer, and none whose answer is read as an option', () => {
  const ask = { toolCallId: 'price', answers: ['approve', 'hold it', '-5%'] }
  expect(decisionCommands({ run: 'run-1' }, ask)).toEqual([
    'signalbox approve run-1 price',
    "signalbox answer run-1 price 'hold it'",
    'signalbox answer -- run-1 price -5%',
  ])
  expect(decisionCommands({ run: 'run-1', command: 'npx signalbox' }, { ...ask, answers: 'text' })).toEqual([
    'npx signalbox answer run-1 price <text>',
  ])
})

it('gives no command in which an id is read as an option: those of tool calls are made by vendors', () => {
  const ask = { toolCallId: '--raise-usd=900' }
  expect(decisionCommands({ run: 'run-1' }, ask)).toEqual([
    'signalbox approve -- run-1 --raise-usd=900',
    'signalbox deny -- run-1 --raise-usd=900',
  ])
  expect(decisionCommands({ run: '-r' }, { toolCallId: 'size', answers: 'text', schema: 'Size' })).toEqual([
    'signalbox answer --file <Size.json> -- -r size',
  ])
})
