using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>Does what the client's well-formed events ask for, or says why not, in the API's words.</summary>
internal sealed class ClientEventHandler(
    FakeConversation conversation, SessionSetup setup, EffectiveSession session, ConversationItems items, CallerTurns turns)
{
    private readonly HashSet<string> _eventIds = [];

    /// <summary>Takes one message of the client, and sends the error if there is one: with the client's own event id.</summary>
    public async Task TakeAsync(string text)
    {
        RealtimeError? error;
        string? eventId = null;
        try
        {
            using var document = JsonDocument.Parse(text);
            var body = document.RootElement.Clone();
            error = ClientEvents.Check(body, out var type);
            if (type != "input_audio_buffer.append")
                conversation.Record.Add(type, body, conversation.Options.Clock.GetTimestamp());
            await conversation.Faults.FireAsync(FaultTrigger.OnReceived, type);
            eventId = EventId(type, body);
            error ??= await HandleAsync(type, body);
        }
        catch (JsonException exception)
        {
            error = new RealtimeError("invalid_json", exception.Message);
        }

        if (error is not null)
            await conversation.SendErrorAsync(error with { EventId = error.EventId ?? eventId });
    }

    private string? EventId(string type, JsonElement body)
    {
        var given = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("event_id", out var id) ? id.ToString() : null;
        if (given is null && conversation.Options.RequireEventIds && type != "input_audio_buffer.append")
            conversation.Record.Violation($"a {type} without an event_id");
        if (given is not null && !_eventIds.Add(given))
            conversation.Record.Violation($"event_id '{given}' was used before");
        return given;
    }

    // What comes back is the error to send.
    private async Task<RealtimeError?> HandleAsync(string type, JsonElement body)
    {
        switch (type)
        {
            case "session.update":
                return setup.Update(body.GetProperty("session"), items.HasAudio);
            case "input_audio_buffer.append":
                return await AppendAsync(body.GetProperty("audio").GetBytesFromBase64());
            case "input_audio_buffer.commit":
                return await turns.CommitByClientAsync();
            case "input_audio_buffer.clear":
                turns.Clear();
                return await AnswerAsync(new JsonObject { ["type"] = "input_audio_buffer.cleared" });
            case "conversation.item.create":
                var behind = body.TryGetProperty("previous_item_id", out var other) ? other.GetString() : null;
                return NewItems.Check(body.GetProperty("item")) ?? await CreateItemAsync(JsonObject.Create(body.GetProperty("item"))!, behind);
            case "conversation.item.retrieve":
                var wanted = Text(body, "item_id");
                return items.Find(wanted) is { } found
                    ? await AnswerAsync(new JsonObject { ["type"] = "conversation.item.retrieved", ["item"] = found.DeepClone() })
                    : ConversationItems.NoSuchItem("retriev", "retrieve", wanted);
            case "conversation.item.truncate":
                return await TruncateAsync(
                    Text(body, "item_id"), body.GetProperty("content_index").GetInt32(), body.GetProperty("audio_end_ms").GetInt32());
            case "conversation.item.delete":
                return items.Delete(Text(body, "item_id"))
                    ?? await AnswerAsync(OpenAIWire.OfItem("conversation.item.deleted", Text(body, "item_id")));
            case "response.create":
                return await CreateResponseAsync(body);
            case "response.cancel":
                return await CancelAsync(body.TryGetProperty("response_id", out var id) ? id.GetString() : null);
            default:
                return new RealtimeError("invalid_value", $"'{type}' is only for WebRTC and SIP connections.", "type");
        }
    }

    private async Task<RealtimeError?> AppendAsync(byte[] audio)
    {
        if (!conversation.IsConfigured)
            conversation.Record.Violation("audio was appended before session.updated: it is heard as PCM16 static");
        else if (!session.InputIsPcmu)
            conversation.Record.Violation("audio was appended while the input format is not audio/pcmu");
        if (audio.Length == 0)
            conversation.Record.Violation("an append without audio");
        conversation.Record.AddAudio(audio, conversation.Options.Clock.GetTimestamp());
        await turns.AppendAsync(audio, session.TurnDetection);
        return null;
    }

    private async Task<RealtimeError?> TruncateAsync(string itemId, int contentIndex, int audioEndMs)
    {
        if (items.Truncate(itemId, contentIndex, audioEndMs) is { } error)
            return error;
        conversation.Log($"truncates {itemId} to {audioEndMs} ms");
        return await AnswerAsync(OpenAIWire.Truncated(itemId, audioEndMs));
    }

    private async Task<RealtimeError?> CreateItemAsync(JsonObject item, string? behind)
    {
        if (behind is not (null or "root") && items.Find(behind) is null)
            return new RealtimeError("item_create_invalid_previous_item_id", $"Previous item with id '{behind}' does not exist.", "previous_item_id");
        var id = (string?)item["id"] ?? conversation.NewId("item");
        item["id"] = id;
        item["object"] = "realtime.item";
        item["status"] = "completed";
        if (items.Find(id) is not null)
            return new RealtimeError("item_create_duplicate_item_id", $"Error adding item: an item with id '{id}' already exists.", "item.id");
        var previous = items.Add(id, item, behind: behind, byClient: true);
        await conversation.SendAsync(OpenAIWire.Item("conversation.item.added", previous, item));
        return await AnswerAsync(OpenAIWire.Item("conversation.item.done", previous, item));
    }

    private Task<RealtimeError?> CreateResponseAsync(JsonElement body)
    {
        if (!conversation.IsConfigured)
            conversation.Record.Violation("a response was asked for before session.updated");
        var request = ResponseRequest.Of(body, items.Count, conversation.Options.Clock.GetTimestamp());
        conversation.Record.Add(request);
        var answer = request.Instructions is null ? conversation.Responses.NextAnswer() ?? ModelAnswer.ToolOnly : conversation.Responses.NextGreeting();
        if (request.OutputModalities is [var modality] ? modality == "text" : session.IsText)
            answer = answer.Written();
        var metadata = body.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object && response.TryGetProperty("metadata", out var given)
            ? JsonNode.Parse(given.GetRawText())
            : null;
        return conversation.Responses.CreateAsync(answer, metadata);
    }

    private async Task<RealtimeError?> CancelAsync(string? responseId) =>
        await conversation.Responses.CancelAsync("client_cancelled", responseId)
            ? null
            : new RealtimeError("response_cancel_not_active", "Cancellation failed: no active response found");

    private async Task<RealtimeError?> AnswerAsync(JsonObject message)
    {
        await conversation.SendAsync(message);
        return null;
    }

    private static string Text(JsonElement body, string name) => body.GetProperty(name).GetString()!;
}
