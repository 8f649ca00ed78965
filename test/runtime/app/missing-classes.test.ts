import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createPlugin } from '../../../src/runtime/plugin.ts'
import { defineAgent } from '../../../src/tools/index.ts'
import { openNewStore } from '../../support/new-store.ts'
import { soundConfiguration } from '../../support/sound-configuration.ts'

const YAML = `
providers: { acme: { protocol: openai, baseURL: "http://127.0.0.1:9/v1", apiKey: none, models: { acme/large: {} } } }
classes: { strong: {}, compaction: {} }
`

it('a worker does not start with an agent of a class that the configuration does not have, and says which was meant', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-classes-'))
  const store = await openNewStore({ path: join(folder, 'store.db') })
  const agent = (taskClass: string, compaction: string) =>
    defineAgent({ name: 'clerk', instructions: 'You are a clerk.', taskClass, compaction })
  const start = (agents: ReturnType<typeof agent>[]) =>
    createPlugin({ config: soundConfiguration(YAML), store, agents })
  await expect(start([agent('strnog', 'compction')])).rejects.toThrow(
    [
      "- agent 'clerk' names the task class 'strnog', which the configuration does not have; did you mean 'strong'?",
      "- agent 'clerk' names the task class 'compction' for compaction, which the configuration does not have; did you mean 'compaction'?",
    ].join('\n'),
  )
  await expect(start([agent('research', 'compaction')])).rejects.toThrow(
    "'research', which the configuration does not have; there are: strong, compaction",
  )
  const plugin = await start([agent('strong', 'compaction')])
  await plugin.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

it('a worker does not start with a list of classes of which the configuration lacks one, and says which was meant', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-classes-'))
  const store = await openNewStore({ path: join(folder, 'store.db') })
  const start = (...classes: string[]) => createPlugin({ config: soundConfiguration(YAML), store, classes })
  await expect(start('strong', 'strnog', 'research')).rejects.toThrow(
    [
      "- `classes` lists the task class 'strnog', which the configuration does not have; did you mean 'strong'?",
      "- `classes` lists the task class 'research', which the configuration does not have; there are: strong, compaction",
    ].join('\n'),
  )
  const plugin = await start('strong')
  const renamed = soundConfiguration(YAML.replace('strong', 'stronger'))
  await expect(plugin.use(renamed)).rejects.toThrow("'strong', which the configuration does not have")
  await plugin.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

it('a worker that does not start leaves no store of its own open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-refused-'))
  const agent = defineAgent({ name: 'clerk', instructions: 'You are a clerk.', taskClass: 'strnog' })
  const start = createPlugin({
    config: soundConfiguration(YAML),
    store: { path: join(folder, 'store.db') },
    agents: [agent],
  })
  await expect(start).rejects.toThrow('strnog')
  // SQLite removes the files beside a database when its last connection closes.
  expect(await readdir(folder)).toEqual(['store.db'])
  await rm(folder, { recursive: true, force: true })
})
