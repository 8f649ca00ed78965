import { expect, it } from 'vitest'
import { asCalledHere, commandWords } from '../../src/cli/command-words.ts'

const BIN = '/home/ann/stations/node_modules/.bin'

it('is called by npx in a project, and by its name where the shell finds that or npx would not', () => {
  const words = (folder: string, path: string, ...files: string[]) =>
    commandWords({ path, folder, isThere: file => files.includes(file) })
  const [local, everywhere] = [`${BIN}/signalbox`, '/usr/bin/signalbox']
  expect(words('/home/ann/stations', '/usr/bin:/bin', local)).toBe('npx signalbox')
  expect(words('/home/ann/stations/src', `${BIN}:/usr/bin`, local)).toBe('npx signalbox')
  expect(words('/home/ann/stations', `${BIN}:/usr/bin`, local, everywhere)).toBe('signalbox')
  expect(words('/home/ann', '/usr/bin', local)).toBe('signalbox')
  expect(words('/home/ann', '')).toBe('signalbox')
})

it('calls commands in words from elsewhere as they are called here, and changes nothing else', () => {
  const words = 'run signalbox-1: `signalbox show a` says more; `signalbox runs` lists all; `signalboxes`'
  expect(asCalledHere(words, 'npx signalbox')).toBe(
    'run signalbox-1: `npx signalbox show a` says more; `npx signalbox runs` lists all; `signalboxes`',
  )
  expect(asCalledHere(words, 'signalbox')).toBe(words)
})
