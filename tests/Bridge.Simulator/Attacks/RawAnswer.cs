using System.Text;

namespace Bridge.Simulator.Attacks;

/// <summary>An HTTP answer as it came.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers, in order.</param>
/// <param name="Body">Its body; of an answer without a length: what came before the end.</param>
public sealed record RawAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header's value; null when it is not there.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();

    /// <summary>Reads the status line and the headers.</summary>
    internal static RawAnswer Parse(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => KeyValuePair.Create(pair[0], pair.ElementAtOrDefault(1)?.Trim() ?? ""));
        return new RawAnswer(int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), [.. headers], []);
    }
}
