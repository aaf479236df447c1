using System.Text;
using Bridge.Api.Tests.Fuzz;
using Bridge.Application.IncomingCalls;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bridge.Api.Tests;

/// <summary>What comes from the network comes on threads that carry frames. A request is worked on by others.</summary>
[CancelAfter(30_000)]
public sealed class RequestThreadTests
{
    private readonly MemoryServer _server = new();
    private readonly Noted _noted = new();
    private WebApplication _app = null!;

    [SetUp]
    public Task StartAsync()
    {
        var variables = new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["REALTIME_PROVIDER"] = "echo" };
        _app = BridgeApp.Create(variables, builder =>
        {
            builder.Services.AddSingleton<IServer>(_server).AddSingleton<IHostLifetime, NoLifetime>();
            builder.Services.AddSingleton<IPipelineBehavior<AnswerIncomingCall, TwilioAnswer>>(_noted);
        });
        return _app.StartAsync();
    }

    [TearDown]
    public ValueTask TakeDown() => _app.DisposeAsync();

    [Test]
    public async Task It_is_begun_on_the_pool(CancellationToken cancel)
    {
        var answer = await OnAnotherThread(() => _server.AskAsync(new HttpRequestFeature { Method = "GET", Path = "/health/live" }, _noted)).WaitAsync(cancel);

        Assert.That((answer.Status, _noted.IsPool), Is.EqualTo((200, true)));
    }

    [Test]
    public async Task And_goes_on_there_though_its_body_came_later_and_elsewhere(CancellationToken cancel)
    {
        using var body = new LateBody("CallSid=CA0123456789abcdef0123456789abcdef");
        var request = new HttpRequestFeature { Method = "POST", Path = "/incoming-call", Body = body };
        request.Headers.Host = "bridge.test";
        request.Headers.ContentType = "application/x-www-form-urlencoded";
        var asking = OnAnotherThread(() => _server.AskAsync(request));
        await body.IsAwaited.WaitAsync(cancel);
        await OnAnotherThread(() =>
        {
            body.Come();
            return Task.FromResult(true);
        });

        var answer = await asking.WaitAsync(cancel);
        Assert.That((answer.Status, _noted.IsPool), Is.EqualTo((200, true)));
    }

    /// <summary>As a socket's thread does it: what goes on at once goes on there.</summary>
    private static Task<TResult> OnAnotherThread<TResult>(Func<Task<TResult>> work)
    {
        var done = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => _ = FinishAsync(work(), done)).Start();
        return done.Task;
    }

    private static async Task FinishAsync<TResult>(Task<TResult> work, TaskCompletionSource<TResult> done)
    {
        try
        {
            done.SetResult(await work);
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    /// <summary>Notes on which kind of thread it is asked: first of all whether the request is a WebSocket's, last by its handler.</summary>
    private sealed class Noted : IPipelineBehavior<AnswerIncomingCall, TwilioAnswer>, IHttpUpgradeFeature
    {
        public bool? IsPool { get; private set; }

        public bool IsUpgradableRequest
        {
            get
            {
                IsPool ??= Thread.CurrentThread.IsThreadPoolThread;
                return false;
            }
        }

        public Task<TwilioAnswer> Handle(AnswerIncomingCall request, CancellationToken cancellationToken, RequestHandlerDelegate<TwilioAnswer> next)
        {
            IsPool = Thread.CurrentThread.IsThreadPoolThread;
            return next();
        }

        public Task<Stream> UpgradeAsync() => throw new NotSupportedException();
    }

    /// <summary>A body that comes when it is told to, and its reader goes on at once on the thread that tells it.</summary>
    private sealed class LateBody(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        private readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _come = new();

        public Task IsAwaited => _awaited.Task;

        public void Come() => _come.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _awaited.TrySetResult();
            await _come.Task.ConfigureAwait(false);
            return Read(buffer.Span);
        }
    }
}
