import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { spawned } from './spawned.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const APP = "import { join } from 'node:path'\nexport const workflowsPath = join(import.meta.dirname, 'flows.ts')\n"

const CONFIGURATION = `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:1/v1", models: { acme/m: { free: true } } } }
classes: { cheap: { models: [acme/m] } }
app: ./app.ts
`

const newFolder = throwAwayFolders('signalbox-mistakes-')

async function project(workflows?: string): Promise<string> {
  const folder = newFolder()
  await writeFile(join(folder, 'signalbox.yaml'), CONFIGURATION)
  await writeFile(join(folder, 'app.ts'), APP)
  if (workflows !== undefined) await writeFile(join(folder, 'flows.ts'), workflows)
  return folder
}

function worker(folder: string, env: NodeJS.ProcessEnv = {}) {
  return spawned(['worker'], { TEMPORAL_ADDRESS: inject('temporalAddress'), ...env }, folder)
}

it('says which module with workflows is not there', async () => {
  const { code, stderr } = await worker(await project())
  expect(stderr).toContain('error: there is no module flows.ts with workflows; correct `workflowsPath`')
  expect(stderr).not.toContain('    at ')
  expect(code).toBe(2)
})

it('says what is wrong with workflows that cannot be bundled, and where', async () => {
  const unsafe = "import fs from 'node:fs'\nexport async function look() { return fs.existsSync('x') }\n"
  const { code, stderr } = await worker(await project(unsafe))
  expect(stderr).toContain('error: the workflows of flows.ts cannot be bundled')
  expect(stderr).toMatch(/Reading from .*node:fs.* @ \.\/flows\.ts 1:/)
  expect(stderr).not.toMatch(/asset workflow-bundle|joined| {4}at /)
  expect(code).toBe(2)
})

it('says that the server lacks the namespace', async () => {
  const { code, stderr } = await worker(await project('export {}\n'), { TEMPORAL_NAMESPACE: 'elsewhere' })
  expect(stderr).toContain('correct TEMPORAL_NAMESPACE (it says: Namespace elsewhere is not found.)')
  expect(code).toBe(2)
})

it('says the same where everything is one process, and keeps what that leaves behind out of repositories', async () => {
  const folder = await project()
  const env = { TEMPORAL_ADDRESS: inject('temporalAddress') }
  const { code, stderr } = await spawned(['dev'], env, folder)
  expect(stderr).toContain('error: there is no module flows.ts with workflows')
  expect(code).toBe(2)
  expect(await readFile(join(folder, '.signalbox/.gitignore'), 'utf8')).toBe('*\n')
})
