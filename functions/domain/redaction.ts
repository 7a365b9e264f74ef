/** How much foreign text an error or a log line may carry, in UTF-16 code units. */
const longestForeignText = 300;

/**
 * Text that came from outside, made safe for errors, logs and workflow state: every URL loses its query and userinfo,
 * bearer tokens and keys (`mhk_…`, the vendor's form; `whsec_…`, Standard Webhooks' form) are removed, control
 * characters become spaces, and at most 300 characters are kept.
 */
export function redact(text: string): string {
  return (
    text
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>@]*@/gi, "$1")
      .replace(/([?&;])[^\s"'<>]*(?:signature|credential|token|expires|key)[^\s"'<>]*/gi, "$1[redacted]")
      .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi, "$1?[redacted]")
      .replace(/\bbearer\s+[^\s"',;]+/gi, "Bearer [redacted]")
      .replace(/\b(?:mhk|whsec)_[A-Za-z0-9+/=_-]+/g, "[redacted]")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
      .slice(0, longestForeignText)
  );
}
