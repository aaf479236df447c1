using System.Text;
using System.Text.Json;
using Bridge.Application.Abstractions;
using Bridge.Infrastructure.Twilio;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests.Fuzz;

/// <summary>Whatever comes over a media stream is read, or counted and dropped, or ends that stream; nothing else.</summary>
[Category("Fuzz")]
public sealed class TwilioFuzzTests
{
    private const int MaxBytes = 16 * 1024;

    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 16 };

    private readonly Dictionary<TwilioMessageKind, int> _kinds = [];

    [Test]
    public void A_message_is_one_of_eight_kinds_and_what_is_no_JSON_is_malformed()
    {
        FuzzRun.Over(random => new FuzzSource(random, FuzzCorpus.Of("twilio"), MaxBytes, FuzzJson.Document).Next, Read);

        // What never got past the first brace would prove little.
        Assert.That(_kinds, Has.Count.EqualTo(8));
        Assert.That(_kinds.Values, Has.All.GreaterThan(FuzzRun.Inputs / 500), string.Join(", ", _kinds));
    }

    [Test]
    public void A_stream_ends_with_its_documented_exception_or_goes_on()
    {
        var (events, ends, starts) = (0, 0, 0);
        FuzzRun.Over(
            random => new FuzzSource(random, FuzzCorpus.Of("twilio"), MaxBytes + 2, FuzzJson.Document).Next,
            input =>
            {
                var stream = new Stream(input);
                stream.RunAsync().AsTask().GetAwaiter().GetResult();
                (events, ends, starts) = (events + stream.Events, ends + (stream.HasEnded ? 1 : 0), starts + (stream.HasStarted ? 1 : 0));
            },
            inputs: 20_000);

        Assert.That(events, Is.GreaterThan(2_000));
        Assert.That(ends, Is.GreaterThan(1_000));
        Assert.That(starts, Is.GreaterThan(10_000));
    }

    private void Read(byte[] input)
    {
        var isJson = IsJsonObject(input);
        var length = input.Length;
        var message = TwilioMessageReader.Read(input);

        FuzzRun.Check(isJson || message.Kind == TwilioMessageKind.Malformed, $"no JSON, and yet it is {message.Kind}");
        FuzzRun.Check(message.Audio.Length <= length * 3 / 4, "more audio than there was text");
        FuzzRun.Check(message.TimestampMs is not < 0, "a time before the stream");
        FuzzRun.Check(message.Name is null || (message.Name.Length <= 40 && message.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')), "a name that is no name");
        FuzzRun.Check((message.Kind == TwilioMessageKind.Start) == (message.Start is not null), "a start that says nothing");
        _kinds[message.Kind] = _kinds.GetValueOrDefault(message.Kind) + 1;
    }

    private static bool IsJsonObject(byte[] input)
    {
        try
        {
            using var document = JsonDocument.Parse(input, Shallow);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A stream that begins as it should most of the time, and then brings an input again and again, whole and in pieces.</summary>
    private sealed class Stream
    {
        private const int Repeats = 3;

        private readonly byte[] _input;
        private readonly FuzzSocket _socket;
        private readonly TwilioMediaSocket _stream;

        public Stream(byte[] input)
        {
            _input = input;
            // From the input, so that an input of the corpus does the same each time.
            _socket = new FuzzSocket(new Random(input.Length), isClient: true);
            _stream = new TwilioMediaSocket(_socket, new MediaStreamLimits { MaxMalformed = 2 }, TimeSpan.FromSeconds(1), new FakeTimeProvider(), NullLogger.Instance);
        }

        public int Events { get; private set; }

        public bool HasStarted { get; private set; }

        public bool HasEnded { get; private set; }

        public async ValueTask RunAsync()
        {
            try
            {
                _socket.Brings(_input.Length % 4 == 0 ? _input : Encoding.UTF8.GetBytes(TwilioTestStream.Start));
                for (var i = 0; i < Repeats; i++)
                    _socket.Brings([.. _input]);
                await _stream.HandshakeAsync(CancellationToken.None);
                HasStarted = true;
                await foreach (var e in _stream.ReadEventsAsync(CancellationToken.None))
                {
                    Events++;
                    FuzzRun.Check(e.Kind != MediaStreamEventKind.Media || e.Audio.Length <= 4_000, "more audio than a frame may have");
                }
            }
            catch (MediaStreamException)
            {
                HasEnded = true;
            }

            await _stream.CloseAsync();
            FuzzRun.Check(_socket.IsClosed, "it is not closed");
        }
    }
}
