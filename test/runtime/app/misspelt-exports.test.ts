import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadApp } from '../../../src/runtime/app/load-app.ts'
import { throwAwayFolders } from '../../cli/throw-away-folders.ts'

const TOOLS = fileURLToPath(new URL('../../../src/tools/index.ts', import.meta.url))

const HEAD = `
import { defineAgent, defineSchema } from '${TOOLS}'
import { z } from '${import.meta.resolve('zod')}'
const clerk = defineAgent({ name: 'clerk', instructions: 'You are a clerk.', taskClass: 'strong' })
const verdict = defineSchema('Verdict', z.object({ publish: z.boolean() }))
`

const newFolder = throwAwayFolders('signalbox-exports-')

async function loaded(code: string) {
  const path = join(newFolder(), 'app.ts')
  await writeFile(path, HEAD + code)
  return loadApp(path)
}

it.each([
  [
    'export const agent = [clerk]; export const schemas = [verdict]',
    "exports 'agent', which no worker reads; did you mean 'agents'?",
  ],
  [
    'export const agents = [clerk]; export const schema = verdict',
    "exports 'schema', which no worker reads; did you mean 'schemas'?",
  ],
  [
    "export const agents = [clerk]; export const mcpServer = { shop: { command: 'shop' } }",
    "exports 'mcpServer', which no worker reads; did you mean 'mcpServers'?",
  ],
  [
    "export default { Agents: [clerk], workflowPath: 'flows.ts', tools: [] }",
    "; did you mean 'agents'?; it exports 'workflowPath'",
  ],
  [
    'export const agnets = []',
    "; a worker would have nothing of yours to serve; it exports 'agnets'; did you mean 'agents'?",
  ],
])('says which export of an app was meant: %s', async (code, words) => {
  await expect(loaded(code)).rejects.toThrow(words)
})

it('takes an app that exports other things of its own, under names like those that are read', async () => {
  const code =
    "export const glasses = ['wine', 'beer']; export const agents = [clerk]; export const agent = clerk; export const schema = z.object({}); export const tool = []"
  await expect(loaded(code)).resolves.toMatchObject({ agents: [{ name: 'clerk' }], schemas: undefined })
})
