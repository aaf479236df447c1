using System.Text;

namespace Bridge.Benchmarks.Frames;

/// <summary>OpenAI's <c>response.output_audio.delta</c> events of one answer. Copied for each reading, as <see cref="CallerFrames"/> are.</summary>
internal sealed class AssistantDeltas
{
    /// <summary>A usual length.</summary>
    public const int Milliseconds = 100;

    private readonly byte[] _message;
    private readonly byte[] _received;

    public AssistantDeltas()
    {
        new Random(20261122).NextBytes(Audio);
        _message = Encoding.UTF8.GetBytes(
            $$"""{"type":"response.output_audio.delta","event_id":"event_CiVpKcJx6T6q5Zl7Wm0Yd","response_id":"resp_CiVpJ0PQh0Wq8n3cEoTzb","item_id":"item_CiVpJxY4m2LrS6uKf9HgA","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(Audio)}}"}""");
        _received = new byte[_message.Length];
    }

    /// <summary>What each delta sounds like, as PCMU.</summary>
    public byte[] Audio { get; } = new byte[Milliseconds * 8];

    /// <summary>The next event; it may be written over.</summary>
    public Memory<byte> Next()
    {
        _message.CopyTo(_received, 0);
        return _received;
    }
}
