using System.Text;
using System.Text.Json.Nodes;

namespace Bridge.Infrastructure.Tests;

/// <summary>Text as a reader gets it, and ways of spoiling it.</summary>
internal static class Wire
{
    public const string CallSid = "CA0123456789abcdef0123456789abcdef";
    public const string StreamSid = "MZ0123456789abcdef0123456789abcdef";

    /// <summary>A copy of its own: readers write over what they are given.</summary>
    public static Memory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    /// <summary>The message with each of its values, in turn, replaced by values of every other type.</summary>
    public static IEnumerable<string> WithEveryValueWrong(string message)
    {
        string[] wrong = ["null", "true", "1", "-1", "1.5", "1e400", "\"\"", "\"x\"", "\"\\ud83d\"", "[]", "{}", "[[1],{\"a\":2}]", "{\"type\":[1],\"name\":{\"event\":null}}"];
        for (var at = 0; at < Values(JsonNode.Parse(message)!).Count; at++)
        {
            foreach (var replacement in wrong)
            {
                // By text, not by node: a node would refuse what is no text, such as half a surrogate pair.
                var copy = JsonNode.Parse(message)!;
                Values(copy)[at].ReplaceWith("@wrong@");
                yield return copy.ToJsonString().Replace("\"@wrong@\"", replacement, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>The message cut off after each of its bytes.</summary>
    public static IEnumerable<string> CutShort(string message) => Enumerable.Range(0, message.Length).Select(length => message[..length]);

    /// <summary>The message with its fields, and those of its objects, the other way round.</summary>
    public static string Reversed(string message) => Reverse(JsonNode.Parse(message))!.ToJsonString();

    /// <summary>The message with single bytes changed at random, the same ones in each run.</summary>
    public static IEnumerable<byte[]> Damaged(string message, int count)
    {
        var random = new Random(20261122);
        for (var i = 0; i < count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(message);
            for (var hits = random.Next(1, 4); hits > 0; hits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            yield return bytes;
        }
    }

    private static List<JsonNode> Values(JsonNode node) => node switch
    {
        JsonObject parent => [.. parent.Where(p => p.Value is not null).SelectMany(p => Values(p.Value!).Append(p.Value!))],
        JsonArray parent => [.. parent.Where(v => v is not null).SelectMany(v => Values(v!).Append(v!))],
        _ => [],
    };

    private static JsonNode? Reverse(JsonNode? node) => node switch
    {
        JsonObject parent => new JsonObject(parent.Reverse().Select(p => KeyValuePair.Create(p.Key, Reverse(p.Value)))),
        _ => node?.DeepClone(),
    };
}
