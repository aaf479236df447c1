using System.Text.Json;

namespace Bridge.Simulator.Model;

/// <summary>A client event as it came; <paramref name="At"/> is a timestamp of the model's clock.</summary>
public sealed record ClientEvent(int Order, string Type, JsonElement Body, long At)
{
    /// <summary>A text or number of the event, by a path such as <c>session.audio.output.voice</c>; null when it is not there.</summary>
    public string? this[string path]
    {
        get
        {
            var element = Body;
            foreach (var name in path.Split('.'))
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                    return null;
            }

            return element.ToString();
        }
    }
}

/// <summary>After this append, so many bytes of caller audio had come.</summary>
public readonly record struct AppendedAudio(long TotalBytes, long At);

/// <summary>What a session of the fake model writes down. Every list is a copy, safe to read at any time.</summary>
public sealed class ConversationRecord
{
    private readonly Lock _gate = new();
    private readonly List<ClientEvent> _received = [];
    private readonly List<ResponseRequest> _responseRequests = [];
    private readonly List<string> _sent = [];
    private readonly List<RealtimeError> _errors = [];
    private readonly List<string> _violations = [];
    private readonly List<AppendedAudio> _appends = [];
    private readonly List<byte> _audio = [];
    private readonly List<long> _speechStarts = [];

    /// <summary>Every event of the client but the appends of audio, in order.</summary>
    public IReadOnlyList<ClientEvent> Received => Copy(_received);

    /// <summary>Every well-formed <c>response.create</c>, refused ones too.</summary>
    public IReadOnlyList<ResponseRequest> ResponseRequests => Copy(_responseRequests);

    /// <summary>The types of the events sent, in order.</summary>
    public IReadOnlyList<string> Sent => Copy(_sent);

    /// <summary>Every error sent.</summary>
    public IReadOnlyList<RealtimeError> Errors => Copy(_errors);

    /// <summary>What the API would take without a word and the caller would suffer from.</summary>
    public IReadOnlyList<string> Violations => Copy(_violations);

    /// <summary>Every append of caller audio: bytes by then, and when.</summary>
    public IReadOnlyList<AppendedAudio> Appends => Copy(_appends);

    /// <summary>When each <c>speech_started</c> was sent.</summary>
    public IReadOnlyList<long> SpeechStarts => Copy(_speechStarts);

    /// <summary>All caller audio.</summary>
    public byte[] Audio() => Copy(_audio);

    /// <summary>Bytes of caller audio so far.</summary>
    public long AudioBytes
    {
        get
        {
            lock (_gate)
                return _audio.Count;
        }
    }

    internal void Add(string type, JsonElement body, long at)
    {
        lock (_gate)
            _received.Add(new ClientEvent(_received.Count, type, body, at));
    }

    internal void Add(ResponseRequest request)
    {
        lock (_gate)
            _responseRequests.Add(request);
    }

    internal void AddSent(string type, long at)
    {
        lock (_gate)
        {
            _sent.Add(type);
            if (type == "input_audio_buffer.speech_started")
                _speechStarts.Add(at);
        }
    }

    internal void Add(RealtimeError error)
    {
        lock (_gate)
            _errors.Add(error);
    }

    internal void Violation(string text)
    {
        lock (_gate)
            _violations.Add(text);
    }

    internal void AddAudio(byte[] audio, long at)
    {
        lock (_gate)
        {
            _audio.AddRange(audio);
            _appends.Add(new AppendedAudio(_audio.Count, at));
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }
}
