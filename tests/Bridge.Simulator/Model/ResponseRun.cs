using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>
/// One response from <c>response.created</c> to <c>response.done</c>, in the API's order of events, and its cancellation.
/// </summary>
internal sealed class ResponseRun
{
    private readonly FakeConversation _conversation;
    private readonly ResponseSlot _slot;
    private readonly ModelAnswer _answer;
    private readonly JsonNode? _metadata;
    private readonly GenerationPace _pace;
    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly JsonArray _output = [];
    private long _generatedMs;
    private bool _held;
    private int _late;
    private string _reason = "";

    public ResponseRun(FakeConversation conversation, ResponseSlot slot, ModelAnswer answer, JsonNode? metadata)
    {
        (_conversation, _slot, _answer, _metadata) = (conversation, slot, answer, metadata);
        Id = conversation.NewId("resp");
        IsCreated = !answer.HoldBeforeCreated;
        _pace = new GenerationPace(answer, conversation.Options.Clock, conversation.Pulse, _cancelled.Token);
    }

    public string Id { get; }

    /// <summary><c>response.created</c> was sent, or is about to be.</summary>
    public bool IsCreated { get; private set; }

    /// <summary>Completes when <c>response.done</c> was sent.</summary>
    public Task Completion => _done.Task;

    /// <summary>It is over, or has nothing to do before time moves or the test says so.</summary>
    public bool IsAtRest => Completion.IsCompleted || _pace.IsAtRest;

    public void Continue() => _pace.Continue();

    public void Cancel(string reason)
    {
        _reason = reason;
        _cancelled.Cancel();
    }

    public async Task RunAsync()
    {
        try
        {
            if (!IsCreated)
                await _pace.HoldAsync();
            IsCreated = true;
            await _conversation.Faults.ArmAsync(_answer.Faults);
            await SendAsync(OpenAIWire.Response("response.created", Body("in_progress")));
            if (_answer is { Items.Count: 0, IsEmpty: false })
                await CallToolAsync();
            for (var index = 0; index < _answer.Items.Count && !_cancelled.IsCancellationRequested; index++)
                await GenerateAsync(_answer.Items[index], index);
            await SendAsync(OpenAIWire.RateLimits(_answer.End.ResetSeconds));
        }
        finally
        {
            await _conversation.Outgoing.Flows;
            var status = _cancelled.IsCancellationRequested ? "cancelled" : _answer.End.Status;
            _slot.Over(this);
            await SendAsync(OpenAIWire.Response("response.done", Body(status)));
            await _conversation.Transcription.ResponseEndedAsync();
            _done.TrySetResult();
            _conversation.Pulse();
        }
    }

    private async Task GenerateAsync(AnswerItem item, int index)
    {
        if (item.IsText)
        {
            await WriteAsync(item, index);
            return;
        }

        var ledger = _conversation.NewLedgerItem(Id, item.Transcript, out var previous);
        var begun = OpenAIWire.AssistantItem(ledger.ItemId, "in_progress", null);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.added", Id, index, begun));
        await SendAsync(OpenAIWire.Item("conversation.item.added", previous, begun));
        await SendAsync(Content("content_part.added").With("part", new JsonObject { ["type"] = "audio", ["transcript"] = "" }));

        var said = await SendDeltasAsync(item, ledger, Content);

        await SendAsync(Content("output_audio.done"));
        await SendAsync(Content("output_audio_transcript.done").With("transcript", said));
        await SendAsync(Content("content_part.done").With("part", new JsonObject { ["type"] = "audio", ["transcript"] = said }));
        var finished = OpenAIWire.AssistantItem(ledger.ItemId, ItemStatus(index), said);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.done", Id, index, finished));
        await SendAsync(OpenAIWire.Item("conversation.item.done", previous, finished));
        _output.Add(finished.DeepClone());

        JsonObject Content(string type) => OpenAIWire.Content("response." + type, Id, ledger.ItemId, index);
    }

    private async Task WriteAsync(AnswerItem item, int index)
    {
        var itemId = _conversation.NewTextItem(item.Transcript, out var previous);
        var begun = OpenAIWire.AssistantItem(itemId, "in_progress", null);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.added", Id, index, begun));
        await SendAsync(OpenAIWire.Item("conversation.item.added", previous, begun));
        await SendAsync(Content("content_part.added").With("part", new JsonObject { ["type"] = "text", ["text"] = "" }));
        await PaceAsync();
        await SendAsync(Content("output_text.delta").With("delta", item.Transcript));
        await SendAsync(Content("output_text.done").With("text", item.Transcript));
        await SendAsync(Content("content_part.done").With("part", new JsonObject { ["type"] = "text", ["text"] = item.Transcript }));
        var finished = OpenAIWire.AssistantTextItem(itemId, ItemStatus(index), item.Transcript);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.done", Id, index, finished));
        await SendAsync(OpenAIWire.Item("conversation.item.done", previous, finished));
        _output.Add(finished.DeepClone());

        JsonObject Content(string type) => OpenAIWire.Content("response." + type, Id, itemId, index);
    }

    private string ItemStatus(int index) =>
        _cancelled.IsCancellationRequested || (_answer.End.Status != "completed" && index == _answer.Items.Count - 1) ? "incomplete" : "completed";

    // Returns the words that were generated.
    private async Task<string> SendDeltasAsync(AnswerItem item, LedgerItem ledger, Func<string, JsonObject> content)
    {
        const int Block = Watermark.BlockSamples;
        var audio = Speech.Concat(item.Audio, Pcmu.Quiet((Block - (item.Audio.Length % Block)) % Block));
        var size = Pcmu.Samples(Math.Max(20, _answer.DeltaMs / 20 * 20));
        var said = 0;
        var stalls = item.StallMs > 0;
        for (var at = 0; at < audio.Length; at += size)
        {
            await PaceAsync();
            if (stalls && Pcmu.Milliseconds(at) >= item.StallAfterMs)
            {
                stalls = false;
                await _pace.StallAsync(item.StallMs);
            }

            if (_cancelled.IsCancellationRequested && _late++ >= _conversation.Options.LateDeltas)
                break;
            var delta = audio[at..Math.Min(at + size, audio.Length)];
            var words = (int)((long)item.Transcript.Length * (at + delta.Length) / audio.Length);
            await SendAsync(content("output_audio_transcript.delta").With("delta", item.Transcript[said..words]));
            said = words;
            await _conversation.Outgoing.Flows;
            await _conversation.SendDeltaAsync(ledger, delta, content("output_audio.delta"));
            _generatedMs += Pcmu.Milliseconds(delta.Length);
        }

        return item.Transcript[..said];
    }

    private async Task PaceAsync()
    {
        if (!_held && _answer.HoldAfterMs <= _generatedMs)
        {
            _held = true;
            await _pace.HoldAsync();
        }

        await _pace.KeepSpeedAsync(_generatedMs);
    }

    private async Task CallToolAsync()
    {
        const string Arguments = """{"topic":"telephones"}""";
        var itemId = _conversation.NewToolItem(out var previous);
        var begun = OpenAIWire.FunctionCallItem(itemId, "in_progress", "");
        await SendAsync(OpenAIWire.OutputItem("response.output_item.added", Id, 0, begun));
        await SendAsync(OpenAIWire.Item("conversation.item.added", previous, begun));
        await PaceAsync();
        await SendAsync(Content("delta").With("delta", Arguments));
        await SendAsync(Content("done").With("name", "look_up").With("arguments", Arguments));
        var finished = OpenAIWire.FunctionCallItem(itemId, _cancelled.IsCancellationRequested ? "incomplete" : "completed", Arguments);
        await SendAsync(OpenAIWire.OutputItem("response.output_item.done", Id, 0, finished));
        await SendAsync(OpenAIWire.Item("conversation.item.done", previous, finished));
        _output.Add(finished.DeepClone());

        JsonObject Content(string part)
        {
            var message = OpenAIWire.Content("response.function_call_arguments." + part, Id, itemId, 0).With("call_id", "call_" + itemId);
            message.Remove("content_index");
            return message;
        }
    }

    private JsonObject Body(string status) => new()
    {
        ["object"] = "realtime.response",
        ["id"] = Id,
        ["status"] = status,
        ["status_details"] = status switch
        {
            "in_progress" => null,
            "cancelled" => new JsonObject { ["type"] = "cancelled", ["reason"] = _reason },
            _ => _answer.End.Details(),
        },
        ["output"] = _output.DeepClone(),
        ["conversation_id"] = "conv_" + Id,
        ["output_modalities"] = new JsonArray("audio"),
        ["usage"] = status == "in_progress" ? null : OpenAIWire.Usage(status == "failed" && _generatedMs == 0 ? 0 : _conversation.AudioMs, _generatedMs),
        ["metadata"] = _metadata?.DeepClone(),
    };

    // A session that is stalled generates nothing either.
    private async Task SendAsync(JsonObject message)
    {
        await _conversation.Outgoing.Flows;
        await _conversation.SendAsync(message);
    }
}
