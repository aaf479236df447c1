using System.Text.Json;
using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>
/// UTF-8 to <see cref="OpenAIEvent"/>. Pure but for the ids it remembers. Fields may come in any order, and what is not
/// known here is skipped. https://platform.openai.com/docs/api-reference/realtime-server-events.
/// </summary>
internal sealed class OpenAIEventReader
{
    private readonly IdCache _responseIds = new();
    private readonly IdCache _itemIds = new();
    private TimeSpan? _limitsReset;

    /// <summary>Reads one event. The bytes are written over: audio is decoded in place.</summary>
    public OpenAIEvent Read(Memory<byte> utf8)
    {
        try
        {
            var json = new Utf8JsonReader(utf8.Span);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return new OpenAIEvent(OpenAIEventKind.Malformed);
            return Interpret(ReadFields(ref json), utf8);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a value of another type, or a string that is not valid UTF-8.
            return new OpenAIEvent(OpenAIEventKind.Malformed);
        }
    }

    private static Fields ReadFields(ref Utf8JsonReader json)
    {
        var fields = new Fields();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
                fields.Type = ReadText(ref json);
            else if (json.ValueTextEquals("response_id"u8))
                fields.ResponseId = ReadText(ref json);
            else if (json.ValueTextEquals("item_id"u8))
                fields.ItemId = ReadText(ref json);
            else if (json.ValueTextEquals("delta"u8))
                fields.Delta = ReadText(ref json);
            else if (json.ValueTextEquals("transcript"u8))
                fields.Transcript = ReadText(ref json);
            else if (json.ValueTextEquals("previous_item_id"u8))
                fields.PreviousItemId = ReadText(ref json);
            else if (json.ValueTextEquals("item"u8))
                fields.Item = ReadPiece(ref json);
            else if (json.ValueTextEquals("content_index"u8))
                fields.ContentIndex = json.Read() ? json.GetInt32() : 0;
            else if (json.ValueTextEquals("response"u8))
                fields.Response = ReadPiece(ref json);
            else if (json.ValueTextEquals("error"u8))
                fields.Error = ReadPiece(ref json);
            else if (json.ValueTextEquals("rate_limits"u8))
                fields.RateLimits = ReadPiece(ref json);
            else if (json.ValueTextEquals("session"u8))
                fields.Session = ReadPiece(ref json);
            else
                json.Skip();
        }

        // Read() proves that nothing follows the object; only now may its bytes be written over.
        json.Read();
        return fields;
    }

    private OpenAIEvent Interpret(Fields fields, Memory<byte> utf8)
    {
        var type = fields.Type.In(utf8).Span;
        if (type.SequenceEqual("response.output_audio.delta"u8))
            return ReadAudio(fields, utf8);
        if (type.SequenceEqual("input_audio_buffer.speech_started"u8))
            return ForTheCall(new RealtimeEvent(RealtimeEventKind.SpeechStarted));
        if (type.SequenceEqual("input_audio_buffer.speech_stopped"u8))
            return ForTheCall(new RealtimeEvent(RealtimeEventKind.SpeechStopped));
        if (type.SequenceEqual("response.output_audio.done"u8))
            return fields.ItemId.Found ? ForTheCall(new RealtimeEvent(RealtimeEventKind.ItemFinished, Item: Item(fields, utf8))) : new OpenAIEvent(OpenAIEventKind.Malformed);
        if (type.SequenceEqual("response.created"u8))
            return OfResponse(RealtimeEventKind.ResponseStarted, fields, utf8);
        if (type.SequenceEqual("response.done"u8))
            return OfResponse(RealtimeEventKind.ResponseFinished, fields, utf8);
        if (type.SequenceEqual("error"u8))
            return OpenAIEventObjects.ReadError(fields.Error.In(utf8)) is { } error ? ForTheCall(new RealtimeEvent(RealtimeEventKind.Error, Error: error)) : new OpenAIEvent(OpenAIEventKind.Malformed);
        if (type.SequenceEqual("conversation.item.added"u8))
            return ItemAdded(fields, utf8);
        if (type.SequenceEqual("response.output_audio_transcript.delta"u8))
            return Words(RealtimeEventKind.TextDelta, Speaker.Assistant, fields.Delta, fields, utf8);
        if (type.SequenceEqual("response.output_audio_transcript.done"u8))
            return Words(RealtimeEventKind.TextFinished, Speaker.Assistant, fields.Transcript, fields, utf8);
        if (type.SequenceEqual("conversation.item.input_audio_transcription.completed"u8))
            return Words(RealtimeEventKind.TextFinished, Speaker.Caller, fields.Transcript, fields, utf8);
        if (type.SequenceEqual("conversation.item.input_audio_transcription.failed"u8))
            return Words(RealtimeEventKind.TextFinished, Speaker.Caller, default, fields, utf8);
        if (type.SequenceEqual("session.created"u8))
            return new OpenAIEvent(OpenAIEventKind.SessionCreated, Session: OpenAIEventObjects.ReadSession(fields.Session.In(utf8)));
        if (type.SequenceEqual("session.updated"u8))
            return new OpenAIEvent(OpenAIEventKind.SessionUpdated, Session: OpenAIEventObjects.ReadSession(fields.Session.In(utf8)));
        if (type.SequenceEqual("rate_limits.updated"u8))
        {
            _limitsReset = OpenAIEventObjects.ReadRateLimits(fields.RateLimits.In(utf8));
            return new OpenAIEvent(OpenAIEventKind.Ignored);
        }

        return new OpenAIEvent(fields.Type.Found ? OpenAIEventKind.Ignored : OpenAIEventKind.Malformed);
    }

    // {"type":"response.output_audio.delta","event_id":"…","response_id":"resp_…","item_id":"item_…","output_index":0,"content_index":0,"delta":"…"}
    private OpenAIEvent ReadAudio(Fields fields, Memory<byte> utf8)
    {
        if (!fields.ResponseId.Found || !fields.ItemId.Found || !fields.Delta.Found)
            return new OpenAIEvent(OpenAIEventKind.Malformed);
        var responseId = Id(_responseIds, fields.ResponseId, utf8);
        var item = Item(fields, utf8);
        return Base64InPlace.TryDecode(fields.Delta.In(utf8), fields.Delta.Escaped, out var audio)
            ? ForTheCall(new RealtimeEvent(RealtimeEventKind.AudioDelta, responseId, item, audio))
            : new OpenAIEvent(OpenAIEventKind.Malformed);
    }

    private ItemKey Item(Fields fields, Memory<byte> utf8) => new(Id(_itemIds, fields.ItemId, utf8), fields.ContentIndex);

    /// <summary>An id as its events elsewhere have it: unescaped. Ids need no escapes, so this is for the server that writes some.</summary>
    private static string Id(IdCache cache, Text id, Memory<byte> utf8) =>
        id.Escaped ? String(id, utf8)! : cache.Get(id.In(utf8).Span);

    private static string? String(Text text, Memory<byte> utf8) =>
        text.Found ? JsonSerializer.Deserialize(utf8.Span.Slice(text.Start - 1, text.Length + 2), OpenAIJson.Default.String) : null;

    // {"type":"conversation.item.added","previous_item_id":"item_…","item":{"id":"item_…","type":"message","role":"assistant",…}}
    private static OpenAIEvent ItemAdded(Fields fields, Memory<byte> utf8) => OpenAIEventObjects.ReadItem(fields.Item.In(utf8)) switch
    {
        { Id: { } id, Speaker: { } speaker } => ForTheCall(new RealtimeEvent(RealtimeEventKind.ItemAdded, Item: new ItemKey(id, 0))
        {
            PreviousItemId = String(fields.PreviousItemId, utf8),
            Speaker = speaker,
        }),
        { Id: not null } => new OpenAIEvent(OpenAIEventKind.Ignored),
        _ => new OpenAIEvent(OpenAIEventKind.Malformed),
    };

    // {"type":"response.output_audio_transcript.delta","response_id":"resp_…","item_id":"item_…","output_index":0,"content_index":0,"delta":"Hel"}
    private OpenAIEvent Words(RealtimeEventKind kind, Speaker speaker, Text words, Fields fields, Memory<byte> utf8) => fields.ItemId.Found
        ? ForTheCall(new RealtimeEvent(kind, Item: Item(fields, utf8)) { Text = String(words, utf8), Speaker = speaker })
        : new OpenAIEvent(OpenAIEventKind.Malformed);

    private OpenAIEvent OfResponse(RealtimeEventKind kind, Fields fields, Memory<byte> utf8)
    {
        var response = OpenAIEventObjects.ReadResponse(fields.Response.In(utf8));
        if (response.Id is not { } id)
            return new OpenAIEvent(OpenAIEventKind.Malformed);
        var error = response.Ending == ResponseEnding.RateLimited ? response.Error! with { RetryAfter = _limitsReset } : response.Error;
        return ForTheCall(new RealtimeEvent(kind, id, Error: error) { Request = response.Request, Ending = response.Ending });
    }

    private static OpenAIEvent ForTheCall(RealtimeEvent e) => new(OpenAIEventKind.ForTheCall, e);

    private static Text ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return new Text((int)json.TokenStartIndex + 1, json.ValueSpan.Length, json.ValueIsEscaped);
        json.Skip();
        return default;
    }

    private static Piece ReadPiece(ref Utf8JsonReader json)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return new Piece(start, (int)json.BytesConsumed - start);
    }

    /// <summary>
    /// Where a value stands in the message, with all that is in it. It is read when the event's type says that it is needed, for the type
    /// may come last, and half of a turn's events need none.
    /// </summary>
    private readonly record struct Piece(int Start, int Length)
    {
        public ReadOnlyMemory<byte> In(Memory<byte> message) => message.Slice(Start, Length);
    }

    /// <summary>Where a string stands in the message, without its quotes.</summary>
    private readonly record struct Text(int Start, int Length, bool Escaped)
    {
        public bool Found => Start > 0;

        public Memory<byte> In(Memory<byte> message) => message.Slice(Start, Length);
    }

    private record struct Fields(
        Text Type,
        Text ResponseId,
        Text ItemId,
        Text PreviousItemId,
        Text Delta,
        Text Transcript,
        int ContentIndex,
        Piece Item,
        Piece Response,
        Piece Error,
        Piece RateLimits,
        Piece Session);
}
