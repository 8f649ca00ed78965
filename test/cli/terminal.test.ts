import { afterEach, expect, it, vi } from 'vitest'
import { processTerminal } from '../../src/cli/terminal.ts'

const wasScreen = process.stdout.isTTY

afterEach(() => {
  process.stdout.isTTY = wasScreen
})

/** What reaches standard output of a line that a model wrote. */
function written(line: string, { isScreen }: { readonly isScreen: boolean }): string {
  process.stdout.isTTY = isScreen
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  processTerminal().print(line)
  const texts = write.mock.calls.map(([text]) => text)
  write.mockRestore()
  return texts.join('')
}

it('lets nothing that a run has said steer the screen, and gives it to files and programs as it is', () => {
  const said = 'one\u001b[2J\u001b]52;c;eA==\u0007\ttwo\r\nthree\rfour\u009b1A · é 日本 🚀'
  expect(written(said, { isScreen: true })).toBe('one�[2J�]52;c;eA==�\ttwo\r\nthree�four�1A · é 日本 🚀\n')
  expect(written(said, { isScreen: false })).toBe(`${said}\n`)
})

it('shows on a screen in its own order what a run has said', () => {
  const said = 'pay 100\u202e to \u2066bob\u2069 · שלום\u200f \u061cسلام'
  expect(written(said, { isScreen: true })).toBe('pay 100� to �bob� · שלום\u200f \u061cسلام\n')
  expect(written(said, { isScreen: false })).toBe(`${said}\n`)
})

it('listens to the process once, however often it is made', () => {
  processTerminal()
  const listeners = () => [process.stdout, process.stderr].map(stream => stream.listenerCount('error'))
  const before = listeners()
  processTerminal()
  expect(listeners()).toEqual(before)
})
