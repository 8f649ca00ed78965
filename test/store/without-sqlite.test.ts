import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const CLIENT = new URL('../../src/client.ts', import.meta.url).href
const STORE = new URL('../../src/store/index.ts', import.meta.url).href

it('is loaded by a Node without SQLite of its own, and says which is needed once a file is to be opened', () => {
  const code = `
    await import(${JSON.stringify(CLIENT)})
    const { openStore } = await import(${JSON.stringify(STORE)})
    await openStore({ path: ':memory:' }).catch(({ name, message }) => console.log(name + ': ' + message))
  `
  const { stdout } = spawnSync(process.execPath, ['--no-experimental-sqlite', '--input-type=module', '-e', code], {
    encoding: 'utf8',
  })
  expect(stdout).toMatch(/^StoreProblem: .* needs the SQLite of Node 22\.19 or later; this is Node \d/)
})
