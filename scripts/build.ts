/**
 * Builds the published package into `dist`: compiled code, the data files that the code reads beside itself, and our workflows bundled.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'

const root = fileURLToPath(new URL('..', import.meta.url))

rmSync(`${root}dist`, { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
cpSync(`${root}src/catalog/data`, `${root}dist/src/catalog/data`, { recursive: true })
for (const name of ['joined.cjs', 'held-inputs.cjs'])
  cpSync(`${root}workflows/${name}`, `${root}dist/workflows/${name}`)
cpSync(`${root}demo`, `${root}dist/demo`, { recursive: true, filter: path => !path.endsWith('.ts') })

const built = <Module>(path: string): Promise<Module> => import(`${root}dist/src/runtime/${path}`)
const { shippedBundlePath } =
  await built<typeof import('../src/runtime/joining/shipped-bundle.ts')>('joining/shipped-bundle.js')
const { createBundlePlugin } =
  await built<typeof import('../src/runtime/joining/join-bundle.ts')>('joining/join-bundle.js')
const { WORKFLOWS_PATH } = await built<typeof import('../src/runtime/paths.ts')>('paths.js')
const { code } = await bundleWorkflowCode({
  workflowsPath: WORKFLOWS_PATH,
  plugins: [createBundlePlugin()],
  logger: new DefaultLogger('ERROR'),
})
writeFileSync(shippedBundlePath(), code.replace(/(?<=sourceMappingURL=\S+;base64,)\S+/, withoutMachine))

/** Stack traces name files of the package, not of the machine that built it. */
function withoutMachine(map: string): string {
  return Buffer.from(Buffer.from(map, 'base64').toString().replaceAll(root, './')).toString('base64')
}
