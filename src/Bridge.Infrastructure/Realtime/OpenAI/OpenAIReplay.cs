using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bridge.Domain.Transcripts;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>
/// The conversation so far as items of text, for a session that takes the place of another. The API takes the assistant's
/// words as text only. The items have names of ours, so that one can be corrected.
/// https://platform.openai.com/docs/api-reference/realtime-client-events/conversation/item/create.
/// </summary>
internal sealed class OpenAIReplay
{
    private const string Prefix = "replay_";

    /// <summary>Enough for half an hour of talk; what was said before that is left out.</summary>
    private const int MostCharacters = 30_000;

    private readonly List<TranscriptTurn> _turns = [];
    private string _first = "root";

    /// <summary>Is this one of ours?</summary>
    public static bool IsOurs(string itemId) => itemId.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The commands that tell a conversation, and before it who calls: as what somebody says, not as what is to be done.</summary>
    public IEnumerable<byte[]> Tell(IReadOnlyList<TranscriptTurn> history, string? callerContext = null)
    {
        byte[][] caller = callerContext is null ? [] : [Create("caller", _first, "user", "input_text", callerContext)];
        if (callerContext is not null)
            _first = Prefix + "caller";
        var left = MostCharacters;
        _turns.AddRange(history.Reverse().TakeWhile(t => (left -= t.Heard.Length) >= 0).Reverse());
        return caller.Concat(_turns.Select((turn, at) => (turn, at)).Where(t => t.turn.Heard.Length > 0).Select(t => Create(t.at)));
    }

    /// <summary>The commands that tell one of its turns anew, with what was heard of it in the end.</summary>
    public IEnumerable<byte[]> Correct(TranscriptTurn turn)
    {
        var at = _turns.FindIndex(t => t.ItemId == turn.ItemId);
        if (at < 0 || _turns[at].Heard == turn.Heard)
            yield break;
        if (_turns[at].Heard.Length > 0)
            yield return JsonSerializer.SerializeToUtf8Bytes(new ItemDelete("conversation.item.delete", Prefix + at), OpenAIReplayJson.Default.ItemDelete);
        _turns[at] = turn;
        if (turn.Heard.Length > 0)
            yield return Create(at);
    }

    private byte[] Create(int at)
    {
        var turn = _turns[at];
        var before = _turns.Take(at).ToList().FindLastIndex(t => t.Heard.Length > 0);
        var (role, content) = turn.Speaker == Speaker.Caller ? ("user", "input_text") : ("assistant", "output_text");
        return Create(at.ToString(CultureInfo.InvariantCulture), before < 0 ? _first : Prefix + before, role, content, turn.Heard);
    }

    private static byte[] Create(string name, string after, string role, string content, string text) => JsonSerializer.SerializeToUtf8Bytes(
        new ItemCreate("conversation.item.create", after, new Item(Prefix + name, "message", role, [new Content(content, text)])),
        OpenAIReplayJson.Default.ItemCreate);

    internal sealed record ItemCreate(string Type, string PreviousItemId, Item Item);

    internal sealed record ItemDelete(string Type, string ItemId);

    internal sealed record Item(string Id, string Type, string Role, Content[] Content);

    internal sealed record Content(string Type, string Text);
}

/// <summary>Generated serialisers: names in snake case, what is null is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OpenAIReplay.ItemCreate))]
[JsonSerializable(typeof(OpenAIReplay.ItemDelete))]
internal sealed partial class OpenAIReplayJson : JsonSerializerContext;
