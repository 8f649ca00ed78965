/**
 * Why the file system refused, e.g. `EACCES`.
 *
 * @throws the error itself where it is none of the file system's.
 */
export function fileSystemCode(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) throw error
  return code
}
