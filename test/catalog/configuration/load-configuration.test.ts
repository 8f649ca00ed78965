import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeConfiguration } from '../../../src/catalog/configuration/describe-configuration.ts'
import { loadConfigurationFile } from '../../../src/catalog/configuration/load-configuration.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-configuration-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const TEXT = `app: ./desk/app.ts
providers:
  acme: { protocol: openai-compatible, baseURL: http://127.0.0.1:9001/v1, models: { acme/large: { free: true } } }
classes: { strong: {} }
`

describe('a configuration file', () => {
  it('is read, and names its module from where it lies', () => {
    const path = join(folder, 'signalbox.yaml')
    writeFileSync(path, TEXT)
    const result = loadConfigurationFile(path, {})
    expect(result.ok && result.configuration.app).toBe(join(folder, 'desk/app.ts'))
    expect(result.ok && describeConfiguration(result.configuration)).toMatch(
      new RegExp(
        [
          '^provider acme: openai-compatible at http://127\\.0\\.0\\.1:9001/v1, key missing, 1 endpoint',
          'class strong: 1 endpoint: acme:acme/large',
          '1 endpoint, 0 without a known price; models\\.dev@2026-07-02 genai-prices@0\\.1\\.8 config@[0-9a-f]{8}$',
        ].join('\n'),
      ),
    )
  })

  it('that is not there is a problem that says what to do', () => {
    const path = join(folder, 'absent.yaml')
    expect(loadConfigurationFile(path, {})).toEqual({
      ok: false,
      problems: [
        {
          path: '',
          message: `there is no file ${path}: write one (see "Ten lines of configuration" in the README), or name another`,
        },
      ],
    })
  })

  it('that is a folder, or that has no name for a file, is a problem too', () => {
    const long = join(folder, 'a'.repeat(300))
    for (const [path, code] of [
      [folder, 'EISDIR'],
      [long, 'ENAMETOOLONG'],
    ] as const)
      expect(loadConfigurationFile(path, {})).toMatchObject({
        ok: false,
        problems: [{ message: `${path} cannot be read (${code}): name a file that this user may read` }],
      })
  })
})
