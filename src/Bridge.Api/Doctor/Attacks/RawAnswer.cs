namespace Bridge.Api.Doctor.Attacks;

/// <summary>The head of an answer.</summary>
internal sealed record RawAnswer(int Status, ILookup<string, string> Headers)
{
    /// <summary>Reads <c>HTTP/1.1 403 Forbidden</c> and the headers below; null when it is something else.</summary>
    public static RawAnswer? Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not ["HTTP/1.1" or "HTTP/1.0", var code, ..] || !int.TryParse(code, out var status))
            return null;
        return new RawAnswer(status, lines.Skip(1).Select(l => l.Split(':', 2)).Where(p => p.Length == 2).ToLookup(p => p[0].Trim(), p => p[1].Trim(), StringComparer.OrdinalIgnoreCase));
    }
}
