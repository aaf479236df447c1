using Bridge.Infrastructure.Twilio;

namespace Bridge.Infrastructure.Tests;

/// <summary>Whatever is changed that is signed, the signature is Twilio's no more.</summary>
public sealed class TwilioSignatureProperties
{
    private const int Requests = 10_000;

    /// <summary>
    /// Two changes are none, and only those are left out. Twilio writes names and values one after the other with nothing between
    /// them: a=bc is signed as ab=c is, an equal pair counts once, and a field without name and value is nothing. And an address
    /// may be spelt as Twilio is known to spell it: with or without the default port, a socket's with or without a slash.
    /// </summary>
    [Test]
    public void Of_ten_thousand_requests_with_something_changed_none_is_accepted()
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var requests = new SignedRequests(new Random(seed));
        var tried = new Dictionary<string, int>();
        var unchanged = 0;
        while (tried.Values.Sum() < Requests)
        {
            var request = requests.Next();
            var (changed, what) = requests.Change(request);
            // A change may come to what is seen here, or to what Twilio was told: then its signature is for another request than this.
            var (seen, signed) = requests.Pick([true, false]) ? (changed, request) : (request, changed);
            var signature = what == "a bit of the signature" ? changed.Signature : TwilioRequestSignature.Sign(signed.Token, signed.Url, signed.Form);
            if (what is not ("a bit of the signature" or "a bit of the token") && SignedRequests.Texts(seen).Overlaps([SignedRequests.Text(signed)]))
            {
                unchanged++;
                continue;
            }

            Assert.That(
                TwilioRequestSignature.IsValid(seen.Token, TwilioRequestSignature.Candidates(seen.Url), seen.Form, signature), Is.False, $"seed {seed}, {what}: {request} became {changed}");
            tried[what] = tried.GetValueOrDefault(what) + 1;
        }

        // What nobody tried proves nothing: each kind of change must have come often, and little may have been left out.
        Assert.That(tried, Has.Count.EqualTo(11), string.Join(", ", tried));
        Assert.That(tried.Values, Has.All.GreaterThan(50), string.Join(", ", tried));
        Assert.That(unchanged, Is.LessThan(Requests / 10));
    }

    /// <summary>And unchanged they all are, in every documented spelling: or the test above would praise a check that refuses everybody.</summary>
    [Test]
    public void Unchanged_they_are_accepted_in_each_documented_spelling()
    {
        var seed = Random.Shared.Next();
        var requests = new SignedRequests(new Random(seed));
        for (var i = 0; i < 1_000; i++)
        {
            var request = requests.Next();
            var shuffled = request.Form.OrderBy(_ => requests.Pick([1, 2, 3, 4, 5])).ToList();
            foreach (var text in SignedRequests.Texts(request))
            {
                var signature = TwilioRequestSignature.Sign(request.Token, text);
                Assert.That(TwilioRequestSignature.IsValid(request.Token, TwilioRequestSignature.Candidates(request.Url), shuffled, signature), Is.True, $"seed {seed}: {text}");
            }
        }
    }
}
