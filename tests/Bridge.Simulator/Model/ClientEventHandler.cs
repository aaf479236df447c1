using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>Does what the client's well-formed events ask for, or says why not, in the API's words.</summary>
internal sealed class ClientEventHandler(FakeConversation conversation, EffectiveSession session, ConversationItems items, CallerTurns turns)
{
    /// <summary>Handles one event; what comes back is the error to send.</summary>
    public async Task<RealtimeError?> HandleAsync(string type, JsonElement body)
    {
        switch (type)
        {
            case "session.update":
                return conversation.Update(body.GetProperty("session"));
            case "input_audio_buffer.append":
                return await AppendAsync(body.GetProperty("audio").GetBytesFromBase64());
            case "input_audio_buffer.commit":
                return await turns.CommitByClientAsync();
            case "input_audio_buffer.clear":
                turns.Clear();
                return await AnswerAsync(new JsonObject { ["type"] = "input_audio_buffer.cleared" });
            case "conversation.item.create":
                return await CreateItemAsync(JsonObject.Create(body.GetProperty("item"))!);
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
                return CreateResponse(body);
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

    private async Task<RealtimeError?> CreateItemAsync(JsonObject item)
    {
        if (ConversationItems.CheckNew(item) is { } error)
            return error;
        var id = (string?)item["id"] ?? conversation.NewId("item");
        item["id"] = id;
        item["object"] = "realtime.item";
        item["status"] = "completed";
        var previous = items.Add(id, item);
        await conversation.SendAsync(OpenAIWire.Item("conversation.item.added", previous, item));
        return await AnswerAsync(OpenAIWire.Item("conversation.item.done", previous, item));
    }

    private RealtimeError? CreateResponse(JsonElement body)
    {
        if (!conversation.IsConfigured)
            conversation.Record.Violation("a response was asked for before session.updated");
        var greets = body.TryGetProperty("response", out var response) && response.TryGetProperty("instructions", out _);
        var answer = greets ? conversation.Options.Greeting : conversation.Responses.NextAnswer() ?? ModelAnswer.ToolOnly;
        return conversation.Responses.TryStart(answer, out _);
    }

    private async Task<RealtimeError?> CancelAsync(string? responseId)
    {
        if (conversation.ActiveResponseId is not { } active || (responseId ?? active) != active)
            return new RealtimeError("response_cancel_not_active", "Cancellation failed: no active response found");
        await conversation.Responses.CancelAsync("client_cancelled");
        return null;
    }

    private async Task<RealtimeError?> AnswerAsync(JsonObject message)
    {
        await conversation.SendAsync(message);
        return null;
    }

    private static string Text(JsonElement body, string name) => body.GetProperty(name).GetString()!;
}
