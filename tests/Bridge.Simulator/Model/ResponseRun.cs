using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>
/// One response from <c>response.created</c> to <c>response.done</c>, in the API's order of events, and its cancellation.
/// </summary>
internal sealed class ResponseRun(FakeConversation conversation, ResponseSlot slot, ModelAnswer answer, string id)
{
    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly JsonArray _output = [];
    private readonly long _began = conversation.Options.Clock.GetTimestamp();
    private long _generatedMs;
    private int _late;
    private string _reason = "";

    public string Id => id;

    /// <summary>Completes when <c>response.done</c> was sent.</summary>
    public Task Completion => _done.Task;

    public void Continue() => _goOn.TrySetResult();

    public void Cancel(string reason)
    {
        _reason = reason;
        _cancelled.Cancel();
    }

    public async Task RunAsync()
    {
        try
        {
            await SendAsync(OpenAIWire.Response("response.created", Body("in_progress")));
            if (answer.Items.Count == 0)
                await CallToolAsync();
            for (var index = 0; index < answer.Items.Count && !_cancelled.IsCancellationRequested; index++)
                await GenerateAsync(answer.Items[index], index);
            await SendAsync(OpenAIWire.RateLimits());
        }
        finally
        {
            var status = _cancelled.IsCancellationRequested ? "cancelled" : "completed";
            slot.Over(this);
            await SendAsync(OpenAIWire.Response("response.done", Body(status)));
            _done.TrySetResult();
        }
    }

    private async Task GenerateAsync(AnswerItem item, int index)
    {
        var ledger = conversation.NewLedgerItem(id, item.Transcript, out var previous);
        var begun = OpenAIWire.AssistantItem(ledger.ItemId, "in_progress", null);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.added", id, index, begun));
        await SendAsync(OpenAIWire.Item("conversation.item.added", previous, begun));
        await SendAsync(Content("content_part.added").With("part", new JsonObject { ["type"] = "audio", ["transcript"] = "" }));

        var said = await SendDeltasAsync(item, ledger, Content);

        await SendAsync(Content("output_audio.done"));
        await SendAsync(Content("output_audio_transcript.done").With("transcript", said));
        await SendAsync(Content("content_part.done").With("part", new JsonObject { ["type"] = "audio", ["transcript"] = said }));
        var finished = OpenAIWire.AssistantItem(ledger.ItemId, _cancelled.IsCancellationRequested ? "incomplete" : "completed", said);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.done", id, index, finished));
        await SendAsync(OpenAIWire.Item("conversation.item.done", previous, finished));
        _output.Add(finished.DeepClone());

        JsonObject Content(string type) => OpenAIWire.Content("response." + type, id, ledger.ItemId, index);
    }

    // Returns the words that were generated.
    private async Task<string> SendDeltasAsync(AnswerItem item, LedgerItem ledger, Func<string, JsonObject> content)
    {
        const int Block = Watermark.BlockSamples;
        var audio = Speech.Concat(item.Audio, Pcmu.Quiet((Block - (item.Audio.Length % Block)) % Block));
        var size = Pcmu.Samples(Math.Max(20, answer.DeltaMs / 20 * 20));
        var said = 0;
        for (var at = 0; at < audio.Length; at += size)
        {
            await PaceAsync();
            if (_cancelled.IsCancellationRequested && _late++ >= conversation.Options.LateDeltas)
                break;
            var delta = audio[at..Math.Min(at + size, audio.Length)];
            var words = (int)((long)item.Transcript.Length * (at + delta.Length) / audio.Length);
            await SendAsync(content("output_audio_transcript.delta").With("delta", item.Transcript[said..words]));
            said = words;
            await conversation.SendDeltaAsync(ledger, delta, content("output_audio.delta"));
            _generatedMs += Pcmu.Milliseconds(delta.Length);
        }

        return item.Transcript[..said];
    }

    // Everything that is waited for ends at once when the response is cancelled.
    private async Task PaceAsync()
    {
        try
        {
            if (answer.HoldAfterMs <= _generatedMs)
                await _goOn.Task.WaitAsync(_cancelled.Token);
            if (answer.Speed is 0 or double.PositiveInfinity)
                return;
            var clock = conversation.Options.Clock;
            var wait = TimeSpan.FromMilliseconds(_generatedMs / answer.Speed) - clock.GetElapsedTime(_began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, clock, _cancelled.Token);
        }
        catch (OperationCanceledException)
        {
            // What follows looks at the token.
        }
    }

    private async Task CallToolAsync()
    {
        const string Arguments = """{"topic":"telephones"}""";
        var itemId = conversation.NewToolItem(out var previous);
        var begun = OpenAIWire.FunctionCallItem(itemId, "in_progress", "");
        await SendAsync(OpenAIWire.OutputItem("response.output_item.added", id, 0, begun));
        await SendAsync(OpenAIWire.Item("conversation.item.added", previous, begun));
        await SendAsync(Content("delta").With("delta", Arguments));
        await SendAsync(Content("done").With("name", "look_up").With("arguments", Arguments));
        var finished = OpenAIWire.FunctionCallItem(itemId, "completed", Arguments);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.done", id, 0, finished));
        await SendAsync(OpenAIWire.Item("conversation.item.done", previous, finished));
        _output.Add(finished.DeepClone());

        JsonObject Content(string part)
        {
            var message = OpenAIWire.Content("response.function_call_arguments." + part, id, itemId, 0).With("call_id", "call_" + itemId);
            message.Remove("content_index");
            return message;
        }
    }

    private JsonObject Body(string status) => new()
    {
        ["object"] = "realtime.response",
        ["id"] = id,
        ["status"] = status,
        ["status_details"] = status == "cancelled" ? new JsonObject { ["type"] = "cancelled", ["reason"] = _reason } : null,
        ["output"] = _output.DeepClone(),
        ["conversation_id"] = "conv_" + id,
        ["output_modalities"] = new JsonArray("audio"),
        ["usage"] = status == "in_progress" ? null : OpenAIWire.Usage(conversation.AudioMs, _generatedMs),
        ["metadata"] = null,
    };

    private Task SendAsync(JsonObject message) => conversation.SendAsync(message);
}
