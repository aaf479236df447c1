using System.Xml.Linq;
using BenchmarkDotNet.Attributes;
using Bridge.Application.Admission;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Infrastructure.Twilio;
using Microsoft.Extensions.Options;

namespace Bridge.Benchmarks.SetUp;

/// <summary>What a call costs once, before its first frame: the signature is checked, a token is issued and proved, TwiML is written.</summary>
public class CallSetUpBenchmarks
{
    private const string CallSid = "CA0123456789abcdef0123456789abcdef";
    private const string AccountSid = "AC0123456789abcdef0123456789abcdef";
    private const string AuthToken = "0123456789abcdef0123456789abcdef";
    private const string Url = "https://bridge.example.com/incoming-call";

    /// <summary>The fields of a webhook from the United States, whose names and values Twilio sends.</summary>
    private static readonly KeyValuePair<string, string>[] Form =
    [
        new("CallSid", CallSid), new("AccountSid", AccountSid), new("ApiVersion", "2010-04-01"), new("CallStatus", "ringing"), new("Direction", "inbound"),
        new("From", "+14155550123"), new("FromCity", "SAN FRANCISCO"), new("FromState", "CA"), new("FromZip", "94103"), new("FromCountry", "US"),
        new("To", "+15005550006"), new("ToCity", ""), new("ToState", ""), new("ToZip", ""), new("ToCountry", "US"),
        new("Caller", "+14155550123"), new("CallerCity", "SAN FRANCISCO"), new("Called", "+15005550006"), new("StirVerstat", "TN-Validation-Passed-A"), new("CallToken", new string('t', 200)),
    ];

    private static readonly KeyValuePair<string, string>[] Facts = [new("From", "+14155550123"), new("To", "+15005550006"), new("Direction", "inbound")];

    private readonly IReadOnlyList<string> _urls = TwilioRequestSignature.Candidates(Url);
    private readonly string _signature = TwilioRequestSignature.Sign(AuthToken, Url, Form);
    private readonly StreamTokens _tokens = new(Options.Create(new AdmissionOptions { StreamTokenKeys = new Secret("0123456789abcdef0123456789abcdef") }), TimeProvider.System);
    private string _token = "";
    private string _stream = "";

    [GlobalSetup]
    public void EachDoesWhatItSays()
    {
        _token = IssueToken();
        _stream = $"wss://bridge.example.com/media-stream/{_token}";
        Require.That(Form.Length == 20 && CheckSignature(), "the webhook's signature is found to be good");
        Require.That(!TwilioRequestSignature.IsValid(AuthToken, _urls, Form[1..], _signature), "a form that was changed is not");
        Require.That(ProveToken()?.CallSid == CallSid, "a token proves its call");
        var stream = XDocument.Parse(WriteTwiml()).Root!.Element("Connect")!.Element("Stream")!;
        Require.That((string?)stream.Attribute("url") == _stream && stream.Elements("Parameter").Count() == Facts.Length, "TwiML names the stream and the caller");
    }

    /// <summary>The signature of a webhook of twenty fields, in each spelling of its address.</summary>
    [Benchmark]
    public bool CheckSignature() => TwilioRequestSignature.IsValid(AuthToken, _urls, Form, _signature);

    /// <summary>A stream token, as it stands in the stream's address.</summary>
    [Benchmark]
    public string IssueToken() => _tokens.Issue(CallSid, AccountSid, "openai", TimeSpan.FromMinutes(1)).Text;

    /// <summary>The same when the stream comes with it.</summary>
    [Benchmark]
    public StreamToken? ProveToken() => _tokens.Prove(_token, out _);

    /// <summary>The answer to the webhook.</summary>
    [Benchmark]
    public string WriteTwiml() => TwimlDocument.ConnectStream(_stream, "https://bridge.example.com/stream-ended", Facts, "Google.en-US-Chirp3-HD-Aoede", "Please wait while we connect your call.");
}
