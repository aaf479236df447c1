using System.Text;
using System.Text.RegularExpressions;

namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>
/// Makes inputs: one of the corpus, or one made by the rules of its language out of the corpus's own words; then spoilt a few times
/// over, sometimes not at all. Bytes, not text: much of what must be tried is no text.
/// </summary>
internal sealed partial class FuzzSource
{
    private static readonly Encoding Bytes = Encoding.Latin1;

    /// <summary>Where readers have stumbled: ends of strings, halves of characters, numbers without end, escapes of several languages.</summary>
    private static readonly string[] Nasty =
    [
        "\0", "\u00EF\u00BB\u00BF", "\u00C3(", "\u00ED\u00A0\u0080", "\u00F4\u0090\u0080\u0080", "\u00C0\u0080", "\u00FF", "\u00F0\u009F\u0093\u009E", "\u00E2\u0080\u00AE", "\u00E2\u0080\u00A8", "\u00C2\u0085",
        "\\ud83d", "\\udcde\\ud83d", "\\u0000", "\\u202e", "\\", "\\\"", "\"", "'", "\\x41", "\\u00", "1e400", "-1e400", "1E-999", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "4294967296", "-0", "0.0", "NaN", "Infinity",
        "null", "true", "{}", "[]", "\"\"", ",", ":", "//", "/*", "%00", "%0a", "%0D%0A", "%ff", "%", "%u0041", "%C3%28", "+", "&", "=", ";", "\r\n", "\n", "\t", "\u007F", "\u001B[31m", "<", ">", "]]>", "<!--", "&amp;", "&#0;", "<?xml?>", "..", "./", "|", "=", "==", "-", "_", "v1", "v2", "*",
    ];

    private readonly Random _random;
    private readonly IReadOnlyList<byte[]> _corpus;
    private readonly string[] _words;
    private readonly int _maxBytes;
    private readonly Func<FuzzSource, string>? _grammar;

    /// <param name="random">Makes all choices.</param>
    /// <param name="corpus">What to start from.</param>
    /// <param name="maxBytes">Of one input.</param>
    /// <param name="grammar">Makes an input by rules; null: there are none.</param>
    public FuzzSource(Random random, IReadOnlyList<byte[]> corpus, int maxBytes, Func<FuzzSource, string>? grammar = null)
    {
        (_random, _corpus, _maxBytes, _grammar) = (random, corpus, maxBytes, grammar);
        _words = [.. corpus.SelectMany(c => Words(Bytes.GetString(c))).Distinct()];
    }

    /// <summary>One more input.</summary>
    public byte[] Next()
    {
        var input = _grammar is not null && _random.Next(4) == 0 ? _grammar(this) : Bytes.GetString(Pick(_corpus));
        // A third is left whole: what is spoilt seldom gets past the first check.
        for (var spoil = Math.Max(0, _random.Next(9) - 2); spoil > 0; spoil--)
            input = Spoil(input);
        return Bytes.GetBytes(input.Length <= _maxBytes ? input : input[.._maxBytes]);
    }

    public int Number(int below) => _random.Next(below);

    public T Pick<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    /// <summary>A word of the corpus, or one of the nasty ones.</summary>
    public string Word() => _random.Next(4) == 0 ? Pick(Nasty) : Pick(_words);

    private string Spoil(string text)
    {
        var (from, to) = Range(text.Length, 64);
        switch (_random.Next(11))
        {
            case 0 when text.Length > 0:
                return $"{text[..from]}{(char)(text[from] ^ (1 << _random.Next(8)))}{text[(from + 1)..]}";
            case 1 when text.Length > 0:
                return $"{text[..from]}{(char)_random.Next(256)}{text[(from + 1)..]}";
            case 2:
                return _random.Next(4) == 0 ? text[from..] : text[..from];
            case 3:
                var other = Bytes.GetString(Pick(_corpus));
                return text[..from] + other[Range(other.Length, 1).From..];
            case 4:
                return text[..to] + string.Concat(Enumerable.Repeat(text[from..to], 1 << _random.Next(7))) + text[to..];
            case 5:
                return text[..from] + text[to..];
            case 6:
                return text[..from] + Pick(Nasty) + text[from..];
            case 7:
                return Nest(text, from);
            default:
                return SpoilWords(text);
        }
    }

    /// <summary>A value inside ten, or a thousand, others; now and then nobody closes them.</summary>
    private string Nest(string text, int at)
    {
        var depth = 1 << _random.Next(12);
        var (open, close) = Pick([("[", "]"), ("{\"a\":", "}"), ("{\"event\":", "}"), ("(", ")"), ("<a>", "</a>")]);
        return text[..at] + string.Concat(Enumerable.Repeat(open, depth)) + (_random.Next(3) == 0 ? "" : "1" + string.Concat(Enumerable.Repeat(close, depth))) + text[at..];
    }

    /// <summary>Whole words: what is left is often well-formed, with a key twice, a value of another type, or something missing.</summary>
    private string SpoilWords(string text)
    {
        var words = Words(text);
        if (words.Count == 0)
            return Word();
        var (from, to) = Range(words.Count, 8);
        return string.Concat(_random.Next(4) switch
        {
            0 => [.. words[..from], Word(), .. words[Math.Min(from + 1, words.Count)..]],
            1 => [.. words[..to], .. words[from..to], .. words[to..]],
            2 => [.. words[..from], .. words[to..]],
            _ => [.. words[..from], ",", .. words[from..to], ",", .. words[from..]],
        });
    }

    private (int From, int To) Range(int length, int most)
    {
        var from = length == 0 ? 0 : _random.Next(length);
        return (from, Math.Min(length, from + 1 + _random.Next(most)));
    }

    private static List<string> Words(string text) => [.. Word(text).Select(m => m.Value)];

    private static MatchCollection Word(string text) => WordPattern().Matches(text);

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|[A-Za-z0-9_+-]+|%[0-9A-Fa-f]{2}|.
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex WordPattern();
}
