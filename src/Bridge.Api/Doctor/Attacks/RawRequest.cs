using System.Globalization;
using System.Text;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>A request byte for byte: what a well-meaning client would put right is what is tried here.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The path and query.</param>
internal sealed record RawRequest(string Method, string Target)
{
    /// <summary>The Host header; null: the address's own.</summary>
    public string? Host { get; init; }

    /// <summary>All other headers, but for those of the body.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>The body comes in chunks, and nobody is told how long it is.</summary>
    public bool IsChunked { get; init; }

    /// <summary>The request and its headers, with the empty line.</summary>
    public byte[] Head(Uri address)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: {Host ?? address.Authority}\r\n");
        foreach (var (name, value) in Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (Body is not null)
            head.Append(IsChunked ? "Transfer-Encoding: chunked\r\n" : $"Content-Length: {Encoding.UTF8.GetByteCount(Body)}\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>The body as it goes over the wire.</summary>
    public byte[] Content()
    {
        if (Body is null || !IsChunked)
            return Encoding.UTF8.GetBytes(Body ?? "");
        var chunks = Body.Chunk(8 * 1024).Select(c => $"{Encoding.UTF8.GetByteCount(c):x}\r\n{new string(c)}\r\n");
        return Encoding.UTF8.GetBytes(string.Concat(chunks) + "0\r\n\r\n");
    }

    /// <summary>A form's fields as a body.</summary>
    public static string Form(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));
}
