import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOpenRun } from '../../activities/open-run.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { OpenRunInput, OpenRunResult, RunRef } from '../../src/core/protocol.ts'
import { type CallScene, setCallScene, withoutServer } from '../support/call-scene.ts'

const provider = (name: string, region: string) =>
  `${name}: { protocol: openai, baseURL: "\${ONE_URL}", apiKey: none, dataPolicy: { region: ${region} }, models: { ${name}/small: {} } }`
const ACME = provider('acme', 'eu')
const DUNE = provider('dune', 'us')
const CLASSES = 'classes: { cheap: { models: [acme/small] } }'
const BOTH = `providers:\n  ${ACME}\n  ${DUNE}\n${CLASSES}`
const WITHOUT_DUNE = `providers:\n  ${ACME}\n${CLASSES}`

let scene: CallScene

beforeAll(async () => {
  scene = await setCallScene({ yaml: BOTH, vendors: { vendors: [{ name: 'one', protocol: 'openai', models: {} }] } })
})

afterAll(() => scene.close())

async function open(id: string, policy: Policy, more: Partial<OpenRunInput> = {}, run: Partial<RunRef> = {}) {
  const input: OpenRunInput = {
    run: { id, key: `key-${id}`, workspace: 'default', labels: {}, policy, ...run },
    workflow: 'test',
    terms: {},
    ...more,
  }
  return (await new MockActivityEnvironment().run(
    createOpenRun(withoutServer(scene.wired.ports)),
    input,
  )) as OpenRunResult
}

it('a run whose policy names a provider that was removed since it began goes on, and so do its children', async () => {
  const policy = { denyProviders: ['dune'], regions: ['eu', 'us'] }
  expect(await open('long', policy, { begins: true })).toMatchObject({ kind: 'opened' })
  scene.wired.use(scene.read(WITHOUT_DUNE))
  try {
    const refused = { kind: 'refused', message: expect.stringContaining("'dune'") }
    expect(await open('late', policy, { begins: true })).toMatchObject(refused)
    expect(await open('long', policy)).toMatchObject({ kind: 'opened' })
    const child = { root: 'long', scope: 'key-long' }
    expect(await open('long/child', policy, { begins: true }, child)).toMatchObject({ kind: 'opened' })
  } finally {
    scene.wired.use(scene.configuration)
  }
})
