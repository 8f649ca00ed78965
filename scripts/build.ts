/**
 * Builds the published package into `dist`: compiled code, and the data files that the code reads beside itself.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

rmSync(`${root}dist`, { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
cpSync(`${root}src/catalog/data`, `${root}dist/src/catalog/data`, { recursive: true })
cpSync(`${root}workflows/joined.cjs`, `${root}dist/workflows/joined.cjs`)
cpSync(`${root}demo`, `${root}dist/demo`, { recursive: true, filter: path => !path.endsWith('.ts') })
