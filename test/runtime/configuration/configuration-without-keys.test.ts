import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadWithoutKeys } from '../../../src/runtime/configuration/configuration-without-keys.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-without-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('reads for those who ask nobody, with no variable of a provider or a webhook set', () => {
  const path = join(folder, 'signalbox.yaml')
  writeFileSync(
    path,
    `
providers: { acme: { protocol: openai-compatible, baseURL: "\${ACME_URL}", apiKey: "\${ACME_KEY}", models: { acme/large: {} } } }
classes: { strong: { models: [acme/large] } }
alerts: { webhook: "\${OPS_HOOK}", secret: "\${OPS_SECRET}" }
budgets: { b: { scope: { all: true }, per: day, usd: 1, webhook: '\${OWN_HOOK}', secret: '\${OWN_SECRET}' } }
`,
  )
  const { directory } = loadWithoutKeys(path, {})
  expect(directory.endpoints.map(({ id }) => id)).toEqual(['acme:acme/large'])
  expect(directory.budgets).toMatchObject([{ name: 'b', webhook: true }])
})

it('reads it too where secrets are in files, which are not here', () => {
  const path = join(folder, 'signalbox.yaml')
  writeFileSync(
    path,
    `
providers: { acme: { protocol: openai-compatible, baseURL: "\${file:/run/url}/v1", apiKey: "\${file:/run/key}", headers: { x-key: "Key \${file:/run/key}" }, models: { acme/large: {} } } }
classes: { strong: { models: [acme/large] } }
alerts: { webhook: "\${file:/run/hook}", secret: "\${file:/run/secret}" }
`,
  )
  expect(loadWithoutKeys(path, {}).directory.endpoints.map(({ id }) => id)).toEqual(['acme:acme/large'])
})

it('reads a region that the file declares of a cloud whose own variable nobody has set here, or names another place', () => {
  const path = join(folder, 'signalbox.yaml')
  const inEurope = '{ dataPolicy: { region: eu } }'
  writeFileSync(
    path,
    `
providers: { amazon-bedrock: ${inEurope}, google-vertex: ${inEurope} }
classes: { strong: { models: [anthropic/claude-opus-4-8] } }
`,
  )
  for (const env of [{}, { AWS_REGION: 'us-east-1', GOOGLE_VERTEX_LOCATION: 'global' }])
    expect(loadWithoutKeys(path, env).directory.endpoints.map(({ provider }) => provider)).toContain('amazon-bedrock')
})
