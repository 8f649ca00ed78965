import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger, type LogEntry } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { createOpenRun } from '../../../activities/open-run.ts'
import type { OpenRunInput } from '../../../src/core/protocol.ts'
import { tellDamage } from '../../../src/runtime/logging/tell-damage.ts'
import { setCallScene, withoutServer } from '../../support/call-scene.ts'

const YAML = `
providers:
  acme: { protocol: openai, baseURL: "\${ONE_URL}", apiKey: none, models: { acme/small: {} } }
classes: { cheap: { models: [acme/small] } }
`

it('says once a minute at error level what to do about a store that is found damaged while a worker serves', async () => {
  const scene = await setCallScene({
    yaml: YAML,
    vendors: [{ name: 'one', protocol: 'openai', models: {} }],
  })
  const lines: LogEntry[] = []
  const options = {
    logger: new DefaultLogger('ERROR', line => void lines.push(line)),
    interceptors: [tellDamage(() => atMs)],
  }
  let atMs = 0
  const open = (id: string) => {
    const run = { id, key: `key-${id}`, workspace: 'default', labels: {} }
    const input: OpenRunInput = { run, workflow: 'test', terms: {}, begins: true }
    return new MockActivityEnvironment({}, options).run(createOpenRun(withoutServer(scene.wired.ports)), input)
  }
  try {
    expect(await open('sound')).toMatchObject({ kind: 'opened' })
    expect(lines).toEqual([])
    damageRuns(scene.storePath)
    for (const time of [0, 59_999, 60_000]) {
      atMs = time
      await expect(open(`late-${time}`)).rejects.toMatchObject({ kind: 'corrupt' })
    }
    const said = /^The store file .* is damaged .*backup.*fails and is retried\.$/
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['ERROR', expect.stringMatching(said)],
      ['ERROR', expect.stringMatching(said)],
    ])
  } finally {
    await scene.close()
  }
})

/** As a disk does that fails. The write before it makes the worker read its pages anew. */
function damageRuns(path: string): void {
  const database = new DatabaseSync(path)
  const { page_size: size } = database.prepare('pragma page_size').get() as { page_size: number }
  const roots = database.prepare(`select rootpage from sqlite_master where tbl_name = 'runs'`).all()
  database.exec(`insert into rejections values ('a', 'b'); pragma wal_checkpoint(truncate)`)
  database.close()
  const bytes = readFileSync(path)
  for (const { rootpage } of roots) bytes.fill(0xff, (Number(rootpage) - 1) * size, Number(rootpage) * size)
  writeFileSync(path, bytes)
}
