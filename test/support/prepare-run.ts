/**
 * In a process of its own: bundles the workflows of a run of tests, and loads the product once, with all that it stands on. Node leaves it
 * compiled in the run's folder, where the processes of the tests and all that they start find it. Each for itself would compile the same
 * beside the others, and write it over what they wrote, for which a disk takes many seconds at the end of a process.
 *
 * @module
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleWorkflows } from './bundle-workflows.ts'

const ROOT = join(import.meta.dirname, '../..')
/** They run, and do not only declare. */
const PROGRAMS = ['src/cli/main.ts', 'src/runtime/dev-server/sdk-download.ts']

const [bundlePath, userPath] = process.argv.slice(2) as [string, string]
const product = globSync('{src,activities}/**/*.ts', { cwd: ROOT, exclude: PROGRAMS })
await Promise.all([
  bundleWorkflows(bundlePath, userPath),
  ...product.map(path => import(pathToFileURL(join(ROOT, path)).href)),
])
// What a package keeps open is nothing to wait for.
process.exit()
