import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createResearchTools, researcher } from '../../demo/agents.ts'
import type { JsonValue } from '../../src/core/messages.ts'
import { createRegistry, type Registry } from '../../src/tools/index.ts'

let folder: string
let registry: Registry

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-demo-'))
  await writeFile(
    join(folder, 'alpha.md'),
    '# The alpha box\n\nIt has 48 levers.\n\n| cause | minutes |\n|---|---|\n| points | 12 |\n',
  )
  await writeFile(join(folder, 'beta.md'), '# Beta\n\nTwenty levers\nand a stove.\n')
  await writeFile(join(folder, 'secret.txt'), 'not for the researcher')
  const tools = createResearchTools({ documents: folder, publications: join(folder, 'board') })
  registry = createRegistry({ agents: [researcher], tools })
})

afterEach(() => rm(folder, { recursive: true }))

async function use(name: string, input: JsonValue, idempotencyKey = 'run/1/call'): Promise<JsonValue> {
  const tool = registry.tool(name)
  const parsed = tool?.parse(input)
  if (!tool || !parsed?.ok) throw new Error(`cannot use ${name}: ${parsed?.ok === false ? parsed.problem : 'unknown'}`)
  return tool.run(parsed.input, {
    idempotencyKey,
    workspace: 'default',
    labels: {},
    runId: 'run',
    signal: new AbortController().signal,
  })
}

describe('the researcher', () => {
  it('names only tools that exist', () => {
    expect(registry.problems).toEqual([])
  })

  it('lists the documents of the folder, and nothing else in it', async () => {
    expect(await use('list_documents', {})).toEqual([
      { name: 'alpha', title: 'The alpha box', words: 11 },
      { name: 'beta', title: 'Beta', words: 6 },
    ])
  })

  it('reads a document, and no file outside of the list', async () => {
    expect(await use('read_document', { name: 'beta' })).toBe('# Beta\n\nTwenty levers\nand a stove.\n')
    await expect(use('read_document', { name: 'secret.txt' })).rejects.toThrow('there are alpha, beta')
    await expect(use('read_document', { name: '../alpha' })).rejects.toThrow('there is no document "../alpha"')
  })

  it('finds paragraphs and table rows with every word of the query', async () => {
    expect(await use('search_documents', { query: 'LEVERS' })).toEqual({
      found: 2,
      passages: [
        { document: 'alpha', text: 'It has 48 levers.' },
        { document: 'beta', text: 'Twenty levers\nand a stove.' },
      ],
    })
    expect(await use('search_documents', { query: '12 points' })).toEqual({
      found: 1,
      passages: [{ document: 'alpha', text: '| points | 12 |' }],
    })
    expect(await use('search_documents', { query: 'levers points' })).toEqual({ found: 0, passages: [] })
  })

  it('publishes with a person’s approval only, and once for each key', async () => {
    const summary = { title: 'Findings', summary: 'Two boxes.' }
    expect(registry.tool('publish_summary')?.needsApproval(summary)).toBe(true)
    expect(registry.tool('read_document')?.needsApproval({ name: 'beta' })).toBe(false)
    const first = await use('publish_summary', summary)
    expect(await use('publish_summary', summary)).toEqual(first)
    await use('publish_summary', summary, 'run/2/call')
    const files = await readdir(join(folder, 'board'))
    expect(files).toHaveLength(2)
    expect(await readFile(join(folder, 'board', files[0]!), 'utf8')).toBe('# Findings\n\nTwo boxes.\n')
  })
})
