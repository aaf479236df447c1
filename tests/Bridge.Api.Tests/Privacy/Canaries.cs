using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bridge.Api.Tests.Privacy;

/// <summary>Texts that may come out nowhere, in every spelling that a sink could give them.</summary>
internal sealed class Canaries
{
    /// <summary>A shorter text could stand somewhere by chance.</summary>
    private const int Shortest = 12;

    /// <summary>Of a long text already a piece is too much.</summary>
    private const int Piece = 24;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly SearchValues<string> _spellings;

    /// <summary>Those that are long enough to be one; the name says in a failure what was found.</summary>
    public Canaries(IEnumerable<(string Name, string Text)> texts)
    {
        foreach (var (name, text) in texts.Distinct().Where(t => t.Text.Trim().Length >= Shortest))
        {
            foreach (var spelling in Pieces(text.Trim()).SelectMany(Spellings).Where(s => s.Length >= Shortest || s.All(char.IsAsciiDigit)))
                _names.TryAdd(spelling, name);
        }

        _spellings = SearchValues.Create([.. _names.Keys], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The canary that a text holds, by its name; null for none.</summary>
    public string? FindIn(string text)
    {
        if (!text.AsSpan().ContainsAny(_spellings))
            return null;
        var spelling = _names.Keys.First(s => text.Contains(s, StringComparison.OrdinalIgnoreCase));
        return $"{_names[spelling]}, as \"{spelling}\"";
    }

    /// <summary>The text, and for a long one its beginning and its middle.</summary>
    private static IEnumerable<string> Pieces(string text) => text.Length < 2 * Piece ? [text] : [text[..Piece].Trim(), text.Substring((text.Length - Piece) / 2, Piece).Trim()];

    private static IEnumerable<string> Spellings(string text)
    {
        yield return text;
        yield return Uri.EscapeDataString(text);
        yield return WebUtility.UrlEncode(text);
        yield return WebUtility.HtmlEncode(text);
        yield return JsonSerializer.Serialize(text)[1..^1];
        yield return JsonSerializer.Serialize(text, Relaxed)[1..^1];
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (digits.Length is >= 10 and <= 15)
            yield return digits;
        for (var before = 0; before < 3; before++)
        {
            var base64 = Base64Behind(Encoding.UTF8.GetBytes(text), before);
            yield return base64;
            yield return base64.Replace('+', '-').Replace('/', '_');
        }
    }

    /// <summary>The letters of base64 that are these bytes' alone, however much stands before and behind them.</summary>
    private static string Base64Behind(byte[] bytes, int before)
    {
        var all = Convert.ToBase64String([.. new byte[before], .. bytes]);
        var (first, last) = (((before * 8) + 5) / 6, (before + bytes.Length) * 8 / 6);
        return all[first..last];
    }
}
