/// Pages about orders.
extension Console {
  static let orders: [Route] = [pipeline, queue] + storyRoutes + acting + checkout
}
